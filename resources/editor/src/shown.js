// What the view shows of an element: pictures through our own scheme, nothing that acts, collides or loads.

const SHOWN_ATTRIBUTES = new Set(('align valign width height color face size border cellpadding cellspacing colspan rowspan bgcolor dir lang ' +
  'start reversed type value title nowrap hspace vspace clear open span alt').split(' '))
const SHOWN_AS = { form: 'div', fieldset: 'div', legend: 'div', dialog: 'div', details: 'div', summary: 'div', slot: 'span', label: 'span', center: 'center', marquee: 'div', body: 'div', html: 'div', main: 'div', nav: 'div' }

export const shownTag = tag => SHOWN_AS[tag] || tag

/** Where the view finds a picture; '' when it may not be shown. */
export function shownUrl(url) {
  const text = (url || '').trim()
  const local = /^qunfa-media:\/\/(?:local\/)?([0-9a-f]{64})$/i.exec(text)
  if (local) return 'qunfa-media://local/' + local[1].toLowerCase()
  if (/^data:image\//i.test(text)) return text
  const outside = text.startsWith('//') ? 'https:' + text : text
  return /^https?:\/\//i.test(outside) ? 'qunfa-media://foreign/?url=' + encodeURIComponent(outside) : ''
}

/** A style text whose pictures come through our scheme. */
export function shownStyle(text) {
  return text.replace(/url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"']*))\s*\)/gi, (_, a, b, c) => {
    const url = (a ?? b ?? c ?? '').trim()
    return url.startsWith('#') ? `url(${url})` : `url("${shownUrl(url)}")`
  })
}

/** The attributes that an element has in the view; `key` leads back to the real ones. */
export function shownAttributes(tag, attrs) {
  const shown = {}
  for (const [name, value] of Object.entries(attrs)) {
    if (name === 'style') shown.style = shownStyle(value)
    else if (name === 'background') shown.style = `background-image: url("${shownUrl(value)}"); ${shown.style || ''}`
    else if (SHOWN_ATTRIBUTES.has(name)) shown[name] = value
  }
  if (tag === 'a') shown['data-link'] = attrs.href || ''
  return shown
}

/** The address of a picture: WeChat's editor keeps the real one in data-src and loads it late. */
export function pictureUrl(attrs) {
  const src = attrs.src || ''
  const late = attrs['data-src'] || ''
  return late && (!src || /^data:image\/gif/i.test(src) || src === late) ? late : src
}
