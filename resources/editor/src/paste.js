// What comes by clipboard or drop: HTML with its style sheet, plain text, pictures.
import { Slice } from 'prosemirror-model'
import { clean } from './clean.js'
import { insertBlocks, insertInline } from './commands/insert.js'
import { insertPictures } from './commands/pictures.js'
import { read, readInline } from './read.js'
import { anon, mark, paragraph, schema, tagOf, textbox } from './schema.js'
import { declarations, styleText } from './style.js'
import { write, writeInline } from './write.js'

const MOVE_DATA_CHARS = 4096
const PICTURE_CHARS = 14_000_000 // 10 MB as base64, what WeChat takes of a picture
const HTML_CHARS = 2_000_000 // twice what WeChat takes of an article

/** The part of a clipboard that was selected, with the style sheet that belongs to it written into its elements. */
export function clipboardBody(html) {
  const doc = new DOMParser().parseFromString(html, 'text/html')
  const sheet = [...doc.querySelectorAll('style')].map(el => el.textContent.replace(/<!--|-->/g, '')).join('\n')
  const start = html.indexOf('<!--StartFragment'), end = html.indexOf('<!--EndFragment')
  let body = doc.body
  if (start >= 0 && end > start) {
    const part = html.slice(html.indexOf('-->', start) + 3, end)
    // Rows without their table would lose themselves in parsing: then the whole document is the fragment.
    if (!/^\s*<(?:tr|td|th|tbody|thead|tfoot|col|colgroup|li)\b/i.test(part)) body = new DOMParser().parseFromString(part, 'text/html').body
  }
  if (sheet) writeIn(body, sheet)
  unwrapOffice(body)
  return clean(body.innerHTML)
}

/** Rules become style attributes in front of what the element says itself: the element's own word counts more. */
function writeIn(body, text) {
  const sheet = new CSSStyleSheet()
  try { sheet.replaceSync(text) } catch { return }
  const given = new Map()
  for (const rule of sheet.cssRules) {
    if (!rule.selectorText || !rule.style?.length) continue
    for (const selector of rule.selectorText.split(',')) {
      let found = []
      try { found = body.querySelectorAll(selector) } catch { continue }
      for (const el of found) given.set(el, [...(given.get(el) || []), ...declarations(rule.style.cssText)])
    }
  }
  for (const [el, list] of given) {
    const own = declarations(el.getAttribute('style'))
    const last = new Map(list)
    const added = [...last].filter(([name]) => !own.some(([n]) => n === name) && !/^(?:mso-|page|-webkit-text-size)/.test(name))
    if (added.length) el.setAttribute('style', styleText([...added, ...own]))
  }
}

/** Word's own tags around nothing, and the drawing twins of its pictures. */
function unwrapOffice(body) {
  for (const el of [...body.querySelectorAll('*')]) {
    if (/^v:|^o:(?!p$)|^w:|^m:|^st1:/.test(el.localName)) el.replaceWith(...el.childNodes)
    else if (el.localName === 'o:p') el.replaceWith(...el.childNodes)
  }
}

/** Insert cleaned HTML at the selection or at a place; true when there was something. */
export function insertBody(view, body, at = null) {
  const line = readInline(body)
  const tr = view.state.tr
  if (line) {
    if (!line.length) return false
    insertInline(tr, line, at)
  } else {
    const blocks = read(body)
    if (!blocks.length) return false
    const only = blocks.length === 1 && blocks[0]
    const parent = (at === null ? view.state.selection.$from : view.state.doc.resolve(at)).parent
    const bare = only && only.type === textbox && tagOf(only) === 'p' && !Object.keys(only.attrs.attrs).length
    if (bare && only.content.size && parent.isTextblock && parent.content.size) insertInline(tr, only.content.content, at)
    else insertBlocks(tr, blocks, at)
  }
  view.dispatch(tr.setMeta('uiEvent', 'paste').scrollIntoView())
  return true
}

/** Plain text: each line a paragraph, in the look of the place. */
export function insertText(view, text) {
  const lines = text.replace(/\r\n?/g, '\n').split('\n').map(line => line.replace(/\t/g, '    '))
  while (lines.length > 1 && !lines[lines.length - 1]) lines.pop()
  const { $from } = view.state.selection
  const marks = view.state.storedMarks || $from.marks()
  const content = line => (line ? schema.text(line, marks) : null)
  const tr = view.state.tr
  if (lines.length === 1) {
    if (!lines[0]) return
    insertInline(tr, [content(lines[0])])
  } else {
    const like = tagOf($from.parent) === 'p' ? $from.parent.attrs : paragraph().attrs
    insertBlocks(tr, lines.map(line => textbox.create(like, content(line))))
  }
  view.dispatch(tr.setMeta('uiEvent', 'paste').scrollIntoView())
}

const isAddress = text => /^https?:\/\/\S+$/i.test(text.trim())
const isPictureAddress = text => isAddress(text) && /\.(?:png|jpe?g|gif|webp|bmp)(?:[?#]|$)/i.test(text)

/** Pictures of some size do not stay in the text: the app keeps them and gives an address. Out before any parsing. */
function takeOut(html) {
  const taken = []
  let light = '', done = 0
  for (let at = html.indexOf('data:image/'); at >= 0; at = html.indexOf('data:image/', at + 1)) {
    const quote = html[at - 1]
    const end = html.indexOf(quote, at)
    if (!/["']/.test(quote) || end - at < MOVE_DATA_CHARS || !/<img\b[^>]*\ssrc\s*=\s*["']$/i.test(html.slice(Math.max(0, at - 2000), at))) continue
    const address = `qunfa-data:${crypto.randomUUID()}`
    taken.push({ address, data: end - at > PICTURE_CHARS ? '' : html.slice(at, end) })
    light += html.slice(done, at) + address
    done = at = end
  }
  return { light: light + html.slice(done), taken }
}

/** Ask the app for the pictures that came as data, or as files beside the text. */
function bringIn(body, taken, say) {
  const local = [...body.querySelectorAll('img[src]')].map(img => img.getAttribute('src')).filter(src => /^file:/i.test(src))
  const wanted = [...taken, ...[...new Set(local)].map(address => ({ address, data: '' }))]
  if (wanted.length) say('take', { pictures: wanted })
}

function handle(view, data, say, at, fromDrop) {
  const html = data.getData('text/html')
  const files = [...data.files]
  if (html) {
    const { light, taken } = takeOut(html)
    if (light.length > HTML_CHARS) { say('refused', { chars: light.length }); return true }
    const body = clipboardBody(light)
    const single = body.querySelectorAll('img').length === 1 && !body.textContent.trim()
    // One copied picture comes with its bytes: those need no fetching.
    if (!(single && files.length && !fromDrop)) {
      if (insertBody(view, body, at)) {
        bringIn(body, taken, say)
        return true
      }
    }
  }
  if (files.length) { say('files', { dropped: fromDrop }); return true }
  const address = data.getData('text/uri-list').split(/\r?\n/).find(line => line && !line.startsWith('#')) || ''
  const text = data.getData('text/plain')
  if (isPictureAddress(address) || isPictureAddress(text)) {
    view.dispatch(insertPictures(view.state.tr, [{ src: (address || text).trim() }], at).scrollIntoView())
    return true
  }
  if (isAddress(text) && !view.state.selection.empty) return false
  if (isAddress(text)) {
    const href = text.trim()
    view.dispatch(insertInline(view.state.tr, [schema.text(href, [mark('a', { href, target: '_blank', style: 'color: #576b95; text-decoration: none;' })])], at))
    return true
  }
  if (text) { insertText(view, text); return true }
  return false
}

/** What goes on the clipboard: inside one text box the text alone, otherwise whole blocks. */
function copied(view) {
  const { selection } = view.state
  const { $from, $to } = selection
  if (selection.node) return selection.node.isInline ? writeInline(paragraph([selection.node])) : write(schema.node('doc', null, [selection.node]))
  const slice = selection.content()
  if ($from.sameParent($to) && $from.parent.isTextblock) return writeInline(schema.node('anon', null, $from.parent.content.cut($from.parentOffset, $to.parentOffset)))
  return write(slice.content)
}

function copyOut(view, event) {
  const { selection } = view.state
  if (selection.empty || !event.clipboardData) return false
  event.preventDefault()
  event.clipboardData.clearData()
  event.clipboardData.setData('text/html', copied(view))
  event.clipboardData.setData('text/plain', view.state.doc.textBetween(selection.from, selection.to, '\n', node => (node.type.name === 'br' ? '\n' : '')))
  return true
}

/** A drop on the paper around the text: below it at its end, beside it at the nearest place. */
export function dropAround(view, event, say) {
  const { doc } = view.state
  const box = view.dom.getBoundingClientRect()
  const last = doc.lastChild
  const end = last.isTextblock && !last.content.size ? doc.content.size - 1 : doc.content.size
  const left = Math.min(Math.max(event.clientX, box.left + 1), box.right - 1)
  const top = Math.max(event.clientY, box.top + 1)
  const at = top < box.bottom ? view.posAtCoords({ left, top })?.pos ?? end : end
  if (!view.dragging) handle(view, event.dataTransfer, say, at, true)
}

export const clipboard = say => ({
  handlePaste(view, event) {
    handle(view, event.clipboardData, say, null, false)
    return true
  },
  handleDrop(view, event, slice, moved) {
    const at = view.posAtCoords({ left: event.clientX, top: event.clientY })?.pos ?? null
    if (moved && slice) return false
    event.preventDefault()
    handle(view, event.dataTransfer, say, at, true)
    return true
  },
  handleDOMEvents: {
    copy: copyOut,
    cut(view, event) {
      if (!copyOut(view, event)) return false
      view.dispatch(view.state.tr.deleteSelection().scrollIntoView().setMeta('uiEvent', 'cut'))
      return true
    },
  },
  clipboardTextParser: text => new Slice(schema.node('doc', null, text.split('\n').map(line => anon.create(null, line ? schema.text(line) : null))).content, 0, 0),
})
