// The page: one view, one line to the app (JSON out and in), no state that the document does not have.
import { baseKeymap } from 'prosemirror-commands'
import { dropCursor } from 'prosemirror-dropcursor'
import { gapCursor } from 'prosemirror-gapcursor'
import { history, redo, redoDepth, undo, undoDepth } from 'prosemirror-history'
import { keymap } from 'prosemirror-keymap'
import { EditorState, NodeSelection, Plugin, Selection, TextSelection } from 'prosemirror-state'
import { EditorView } from 'prosemirror-view'
import { PictureView, rawView, setWords, word } from './atoms.js'
import { clean } from './clean.js'
import { blockValueAt, insertDivider, kindAt, quoteDepth, setBlockStyle, setKind, toggleIndent, toggleQuote } from './commands/blocks.js'
import { find, findNext, findPlugin, finding, replaceAll, replaceOne } from './commands/find.js'
import { insertBlocks, insertInline } from './commands/insert.js'
import { liftItem, listAt, sinkItem, toggleList } from './commands/lists.js'
import { alignPicture, captionPicture, insertPictures, pictureAt, replacePicture, sizePicture, swapAddress } from './commands/pictures.js'
import { addColumn, addRow, cellAround, deleteColumn, deleteRow, deleteTable, insertTable } from './commands/tables.js'
import { clearFormat, isOn, linkAt, setLink, setStyle, toggle, unlink, valueAt } from './commands/text.js'
import { factsOf } from './facts.js'
import { Frame } from './frame.js'
import { handleTextInput, keys } from './keys.js'
import { clipboard, clipboardBody, dropAround, insertBody, insertText } from './paste.js'
import { holding, placeOf, placePlugin } from './placeholders.js'
import { read } from './read.js'
import { paragraph, schema } from './schema.js'
import { pictureUrl } from './shown.js'
import { write } from './write.js'

const CHANGE_MS = 200
let bridge = null
const say = (what, data = {}) => bridge?.hear(JSON.stringify({ what, ...data }))

const COMMANDS = {
  bold: () => toggle('bold'),
  italic: () => toggle('italic'),
  underline: () => toggle('underline'),
  strike: () => toggle('strike'),
  color: ({ value }) => setStyle({ color: value || null }),
  highlight: ({ value }) => setStyle({ 'background-color': value || null }),
  size: ({ px }) => setStyle({ 'font-size': px ? `${px}px` : null }),
  letterSpacing: ({ px }) => setStyle({ 'letter-spacing': px ? `${px}px` : null }),
  align: ({ value }) => setBlockStyle({ 'text-align': value || null }),
  lineHeight: ({ value }) => setBlockStyle({ 'line-height': value ? String(value) : null }),
  indent: () => toggleIndent,
  paragraph: () => setKind('paragraph'),
  heading: ({ level }) => setKind(`h${level}`),
  code: () => setKind('pre'),
  bulletList: () => toggleList('ul'),
  orderedList: () => toggleList('ol'),
  sink: () => sinkItem,
  lift: () => liftItem,
  blockquote: () => toggleQuote,
  divider: () => insertDivider,
  link: ({ href, text }) => setLink(href, text),
  unlink: () => unlink,
  insertTable: ({ rows, columns, head }) => insertTable(rows, columns, head),
  rowAbove: () => addRow(false),
  rowBelow: () => addRow(true),
  columnLeft: () => addColumn(false),
  columnRight: () => addColumn(true),
  deleteRow: () => deleteRow,
  deleteColumn: () => deleteColumn,
  deleteTable: () => deleteTable,
  clearFormat: () => clearFormat,
  insertEmoji: ({ text }) => (state, dispatch) => (dispatch?.(insertInline(state.tr, [schema.text(text, state.storedMarks || state.selection.$from.marks())])), true),
  insertText: ({ text }) => () => (insertText(view, text), true),
  insertBlock: ({ html }) => insertBlock(html),
  insertHtml: ({ html }) => () => insertBody(view, clean(html)),
  insertImage: picture => (state, dispatch) => (dispatch?.(insertPictures(state.tr, picture.sources ? picture.sources.map(src => ({ src })) : [picture]).scrollIntoView()), true),
  replaceImage: picture => replacePicture(picture),
  imageWidth: ({ value }) => sizePicture(value),
  imageAlign: ({ value }) => alignPicture(value),
  imageCaption: ({ text }) => captionPicture(text),
  find: ({ text }) => find(text),
  findNext: () => findNext(1),
  findPrevious: () => findNext(-1),
  replace: ({ text }) => replaceOne(text),
  replaceAll: ({ text }) => replaceAll(text),
  undo: () => undo,
  redo: () => redo,
  sourceView: ({ on }) => () => showSource(on),
  selectPicture: ({ index }) => (state, dispatch) => {
    const found = []
    state.doc.descendants((node, pos) => { if (node.type.name === 'image') found.push(pos) })
    if (found[index] === undefined) return false
    dispatch?.(state.tr.setSelection(NodeSelection.create(state.doc, found[index])).scrollIntoView())
    return true
  },
}

/** A ready-made block behind the one with the caret, never inside it; the caret goes on below. */
const insertBlock = html => (state, dispatch) => {
  const { $to } = state.selection
  const top = $to.depth ? $to.node(1) : null
  const at = !top || (top.isTextblock && !top.content.size) ? null : $to.after(1)
  dispatch?.(insertBlocks(state.tr, [...read(clean(html)), paragraph()], at).scrollIntoView())
  return true
}

const plugins = () => [
  history({ depth: 500 }),
  keymap(keys(say)),
  keymap(baseKeymap),
  dropCursor({ color: '#2f6bde', width: 3 }),
  gapCursor(),
  findPlugin(),
  placePlugin(),
  new Plugin({ props: { attributes: state => (isEmpty(state.doc) ? { class: 'q-empty', 'data-hint': word('empty') } : {}) } }),
]

const isEmpty = doc => doc.childCount === 1 && doc.firstChild.isTextblock && !doc.firstChild.content.size && doc.firstChild.attrs.tag === 'p'
const stateOf = blocks => {
  const doc = schema.node('doc', null, blocks.length ? blocks : [paragraph()])
  return EditorState.create({ doc, selection: atStart(doc), plugins: plugins() })
}
/** The caret in the first text, not around the first ornament. */
function atStart(doc) {
  let found = null
  doc.descendants((node, pos) => { if (!found && node.isTextblock) found = TextSelection.create(doc, pos + 1); return !found })
  return found || Selection.atStart(doc)
}
const source = document.getElementById('source')
const html = () => (source.hidden ? written(view.state.doc) : written(schema.node('doc', null, read(clean(source.value)))))
const written = doc => (isEmpty(doc) ? '' : write(doc))

const view = new EditorView(document.getElementById('text'), {
  state: stateOf([]),
  nodeViews: { raw: rawView, rawi: rawView, image: node => new PictureView(node) },
  attributes: { spellcheck: 'false', role: 'textbox', 'aria-multiline': 'true' },
  ...clipboard(say),
  handleTextInput,
  dispatchTransaction(tr) {
    const before = view.state
    view.updateState(before.apply(tr))
    if (tr.docChanged) changed()
    if (tr.docChanged || tr.selectionSet || tr.storedMarksSet || tr.getMeta(finding)) selected()
  },
})
const frame = new Frame(view)

let changeTimer = 0
function changed() {
  changeTimer ||= setTimeout(flush, CHANGE_MS)
}

/** Tell what the document is now, once for many changes. */
function flush() {
  clearTimeout(changeTimer)
  changeTimer = 0
  say('changed', { html: html(), facts: factsNow() })
}

function factsNow() {
  const { addresses, ...facts } = factsOf(view.state.doc)
  document.getElementById('paper').classList.toggle('q-white', facts.dark && document.documentElement.dataset.dark === '1')
  return { ...facts, addresses }
}

let selectFrame = 0
function selected() {
  selectFrame ||= requestAnimationFrame(() => {
    selectFrame = 0
    frame.place()
    say('selected', { selection: selection() })
  })
}

/** What the toolbar shows. */
function selection() {
  const { state } = view
  const { selection: now } = state
  const picture = pictureAt(state)
  const found = finding.getState(state)
  return {
    bold: isOn(state, 'bold'),
    italic: isOn(state, 'italic'),
    underline: isOn(state, 'underline'),
    strike: isOn(state, 'strike'),
    color: valueAt(state, 'color'),
    highlight: valueAt(state, 'background-color'),
    size: parseFloat(valueAt(state, 'font-size')) || 16,
    align: blockValueAt(state, 'text-align') || 'left',
    line_height: blockValueAt(state, 'line-height'),
    indent: parseFloat(blockValueAt(state, 'text-indent')) > 0,
    block: kindAt(state),
    list: listAt(state),
    quote: quoteDepth(now.$from) > 0,
    table: cellAround(now.$from) !== null,
    link: linkAt(state),
    picture: picture ? { src: pictureUrl(picture.node.attrs.attrs), width: picture.node.attrs.attrs.style || '', selected: now instanceof NodeSelection } : null,
    empty: now.empty,
    undo: undoDepth(state) > 0,
    redo: redoDepth(state) > 0,
    found: { count: found.matches.length, index: found.current },
  }
}

function showSource(on) {
  if (on === !source.hidden) return true
  document.getElementById('paper').hidden = on
  source.hidden = !on
  if (on) {
    source.value = written(view.state.doc)
    source.focus()
  } else {
    if (source.value !== written(view.state.doc)) {
      const blocks = read(clean(source.value))
      const tr = view.state.tr.replaceWith(0, view.state.doc.content.size, blocks.length ? blocks : [paragraph()])
      view.dispatch(tr.setSelection(atStart(tr.doc)))
    }
    view.focus()
  }
  say('source', { on })
  return true
}
source.addEventListener('input', changed)

/** Pictures that are on their way into this very article. */
const expected = new Set()

const ORDERS = {
  words: ({ words }) => { setWords(words); view.dom.setAttribute('aria-label', word('text')); view.dispatch(view.state.tr) },
  load({ html: given, id }) {
    showSource(false)
    expected.clear()
    clearTimeout(changeTimer)
    changeTimer = 0
    view.updateState(stateOf(read(clean(given)))) // a state of its own: there is nothing before it to undo to
    window.scrollTo(0, 0)
    say('loaded', { id, html: html(), facts: factsNow() })
    selected()
  },
  html: ({ id }) => { if (changeTimer) flush(); say('html', { id, html: html() }) },
  command({ name, args, id }) {
    const done = COMMANDS[name]?.(args || {})(view.state, view.dispatch, view) || false
    if (id) say('done', { id, done })
  },
  focus: ({ at }) => {
    if (at === 'end') view.dispatch(view.state.tr.setSelection(Selection.atEnd(view.state.doc)))
    view.focus()
  },
  theme({ vars, dark }) {
    for (const [name, value] of Object.entries(vars)) document.documentElement.style.setProperty(`--${name}`, value)
    document.documentElement.dataset.dark = dark ? '1' : '0'
    document.documentElement.style.colorScheme = dark ? 'dark' : 'light'
    factsNow()
  },
  place({ token, x, y }) {
    const at = x == null ? view.state.selection.from : view.posAtCoords({ left: x, top: y })?.pos ?? view.state.doc.content.size
    expected.add(token)
    view.dispatch(view.state.tr.setMeta(holding, { add: { pos: at, token } }))
  },
  arrived({ token, src, alt }) {
    const pos = placeOf(view.state, token)
    const tr = view.state.tr.setMeta(holding, { remove: token })
    // Its place may have gone with the empty paragraph that an earlier picture took: then it goes to the caret.
    const wanted = expected.delete(token) && src
    view.dispatch(wanted ? insertPictures(tr, [{ src, alt }], pos).scrollIntoView() : tr)
  },
  swap: ({ from, to }) => view.dispatch(swapAddress(view.state.tr, from, to)),
  note: ({ src, text }) => frame.setNote(src, text),
  again() { for (const img of view.dom.querySelectorAll('img.q-broken')) img.dispatchEvent(new Event('again')) },
  paste_html: ({ html: given }) => { view.focus(); insertBody(view, clean(given)) },
  scroll: ({ fraction }) => window.scrollTo(0, fraction * (document.documentElement.scrollHeight - innerHeight)),
}

document.getElementById('paper').addEventListener('mousedown', event => {
  if (event.target.id !== 'paper') return
  event.preventDefault()
  if (!view.state.doc.lastChild?.isTextblock) view.dispatch(view.state.tr.insert(view.state.doc.content.size, paragraph()))
  view.dispatch(view.state.tr.setSelection(TextSelection.atEnd(view.state.doc)))
  view.focus()
})
document.addEventListener('paste', () => { qunfa.pastes++ })
document.addEventListener('dragover', event => event.preventDefault())
document.addEventListener('drop', event => {
  event.preventDefault()
  if (source.hidden && !view.dom.contains(event.target)) dropAround(view, event, say)
})
let scrollTimer = 0
document.addEventListener('scroll', () => {
  scrollTimer ||= setTimeout(() => {
    scrollTimer = 0
    say('scrolled', { fraction: scrollY / Math.max(1, document.documentElement.scrollHeight - innerHeight) })
  }, 50)
})

// For tests and measurements; the app talks through the bridge alone.
window.qunfa = { TextSelection, pastes: 0, view, html, clean: given => clean(given).innerHTML, pasted: given => clipboardBody(given).innerHTML, load: given => (ORDERS.load({ html: given, id: 0 }), html()), selection, run: (name, args = {}) => ORDERS.command({ name, args }) }

new QWebChannel(qt.webChannelTransport, channel => {
  bridge = channel.objects.bridge
  bridge.tell.connect(text => {
    const order = JSON.parse(text)
    ORDERS[order.what]?.(order)
  })
  say('ready')
})
