// How pictures and kept-as-they-are pieces look while editing. Frames and players are inert grey cards.
import { clean } from './clean.js'
import { pictureUrl, shownAttributes, shownStyle, shownTag, shownUrl } from './shown.js'

const SVG = 'http://www.w3.org/2000/svg'
const CARDS = { iframe: 'video', video: 'video', audio: 'audio', qqmusic: 'audio', 'mp-common-mpaudio': 'audio', 'mp-common-qqmusic': 'audio', 'mp-common-videosnap': 'video', 'mp-common-profile': 'profile', 'mp-miniprogram': 'miniprogram', 'mp-weapp': 'miniprogram' }
let words = {}
export const setWords = given => { words = given }
export const word = name => words[name] || name

/** Which grey card an element becomes, '' when it is shown as it is. */
export const cardOf = el => CARDS[el.localName] || (el.localName.includes('-') || ['input', 'button', 'select', 'textarea', 'canvas'].includes(el.localName) ? 'other' : '')

function card(el, kind) {
  const dom = document.createElement('span')
  dom.className = `q-card q-card-${kind}`
  const title = document.createElement('b')
  title.textContent = word(`card.${kind}`)
  const name = el.getAttribute('data-nickname') || el.getAttribute('name') || el.getAttribute('data-miniprogram-title') || el.getAttribute('data-miniprogram-nickname') || el.textContent.trim().slice(0, 60)
  const note = document.createElement('small')
  note.textContent = [name, kind === 'video' || kind === 'audio' ? word('card.stripped') : ''].filter(Boolean).join(' · ')
  dom.append(title, note)
  return dom
}

/** A copy of a cleaned element as the view may show it. */
function shown(el) {
  const kind = cardOf(el)
  if (kind) return card(el, kind)
  const inSvg = el.namespaceURI === SVG
  const dom = inSvg ? document.createElementNS(SVG, el.localName) : document.createElement(shownTag(el.localName))
  if (inSvg || el.namespaceURI.includes('MathML')) {
    for (const { name, value } of el.attributes) {
      const lower = name.toLowerCase()
      if (lower === 'style') dom.setAttribute('style', shownStyle(value))
      else if (/href$/.test(lower)) {
        if (value.trim().startsWith('#')) dom.setAttribute('href', value.trim())
        else if (el.localName === 'image') dom.setAttribute('href', shownUrl(value))
      } else if (!/url\((?!\s*["']?#)/i.test(value) && lower !== 'class' && lower !== 'xmlns') dom.setAttribute(name, value)
    }
  } else {
    for (const [name, value] of Object.entries(shownAttributes(el.localName, Object.fromEntries([...el.attributes].map(a => [a.name, a.value]))))) dom.setAttribute(name, value)
    if (el.localName === 'img') dom.src = shownUrl(pictureUrl(Object.fromEntries([...el.attributes].map(a => [a.name, a.value])))) || NO_PICTURE
  }
  for (const kid of el.childNodes) {
    if (kid.nodeType === 3) dom.append(kid.data)
    else if (kid.nodeType === 1) dom.append(shown(kid))
  }
  return dom
}

/** Cleaned once more: what is kept as text becomes elements only through here. */
export function rawView(node) {
  const el = clean(node.attrs.html).firstElementChild
  const dom = el ? shown(el) : document.createElement('span')
  dom.setAttribute('contenteditable', 'false')
  return { dom, ignoreMutation: () => true }
}

const NO_PICTURE = 'data:image/svg+xml,' + encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" width="320" height="120"><rect width="320" height="120" rx="8" fill="#8b918c" fill-opacity=".16"/><path d="M146 46h28v22h-28z M150 63l6-7 5 5 4-4 6 6" fill="none" stroke="#8b918c" stroke-width="2" stroke-linejoin="round"/></svg>')

export class PictureView {
  constructor(node) {
    this.dom = document.createElement('img')
    this.dom.draggable = true
    this.dom.addEventListener('error', () => {
      this.dom.classList.add('q-broken')
      if (this.dom.src !== NO_PICTURE) this.dom.src = NO_PICTURE
    })
    this.dom.addEventListener('again', () => {
      if (!this.dom.classList.contains('q-broken')) return
      this.dom.classList.remove('q-broken')
      this.dom.src = this.asked
    })
    this.update(node)
  }

  update(node) {
    if (node.type.name !== 'image') return false
    const attrs = node.attrs.attrs
    const selected = this.dom.classList.contains('ProseMirror-selectednode')
    for (const { name } of [...this.dom.attributes]) if (!['src', 'draggable', 'contenteditable', 'class'].includes(name)) this.dom.removeAttribute(name)
    for (const [name, value] of Object.entries(shownAttributes('img', attrs))) if (name !== 'src') this.dom.setAttribute(name, value)
    this.dom.className = selected ? 'ProseMirror-selectednode' : ''
    const src = shownUrl(pictureUrl(attrs)) || NO_PICTURE
    if (this.asked !== src) {
      this.asked = src
      this.dom.src = src
    }
    return true
  }

  ignoreMutation() { return true }
}
