// What keys do. Enter, Backspace and Delete never break a layout open or swallow a block that somebody designed.
import { baseKeymap, chainCommands, joinTextblockBackward, joinTextblockForward, selectAll } from 'prosemirror-commands'
import { redo, undo } from 'prosemirror-history'
import { NodeSelection, Selection, TextSelection } from 'prosemirror-state'
import { backOut, itemDepth, liftItem, sinkItem, splitItem } from './commands/lists.js'
import { isFixed, open } from './commands/insert.js'
import { cellAround, clearCells, nextCell } from './commands/tables.js'
import { toggle } from './commands/text.js'
import { anon, br, paragraph, tagOf, textbox } from './schema.js'
import { declarations } from './style.js'

const FRAMED = /^(?:background(?:-color|-image)?|border(?:-[a-z-]+)?|box-shadow|width|height|padding(?:-[a-z]+)?|border-radius)$/
const isFramed = node => /^(?:section|div|blockquote)$/.test(tagOf(node)) && declarations(node.attrs.attrs.style).some(([name, value]) => FRAMED.test(name) && !/^(?:0|0px|none|initial)$/.test(value) || name === 'display' && /inline|flex/.test(value))

const lineBreak = (state, dispatch) => {
  if (!state.selection.$from.parent.isTextblock) return false
  if (dispatch) {
    const marks = state.storedMarks || state.selection.$from.marks()
    dispatch(state.tr.replaceSelectionWith(br.create({ attrs: {} }, null, marks), false).scrollIntoView())
  }
  return true
}

const newline = (state, dispatch) => {
  if (tagOf(state.selection.$from.parent) !== 'pre') return false
  if (dispatch) dispatch(state.tr.insertText('\n').scrollIntoView())
  return true
}

/** Beside a block or atom that is selected: a paragraph behind it. */
const behindSelected = (state, dispatch) => {
  const { selection } = state
  if (!(selection instanceof NodeSelection)) return false
  const $end = selection.$to
  const at = $end.parent.isTextblock ? $end.after() : $end.pos
  if (/^(?:ul|ol|tr|tbody|thead|tfoot|table)$/.test(tagOf($end.doc.resolve(at).parent))) return false
  if (dispatch) {
    const tr = state.tr.insert(at, paragraph())
    dispatch(tr.setSelection(TextSelection.create(tr.doc, at + 1)).scrollIntoView())
  }
  return true
}

const splitText = (state, dispatch) => {
  const { $from, $to } = state.selection
  if (!$from.parent.isTextblock) return false
  if (!dispatch) return true
  const tr = state.tr
  if ($from.pos !== $to.pos) tr.deleteSelection()
  let $pos = tr.selection.$from
  if (!$pos.parent.isTextblock) { dispatch(tr); return true }
  const block = $pos.parent
  if (tagOf(block) === 'figcaption' || tagOf(block) === 'caption') {
    const at = $pos.after($pos.depth - 1)
    tr.insert(at, paragraph())
    tr.setSelection(TextSelection.create(tr.doc, at + 1))
  } else if (isFixed(block)) {
    return lineBreak(state, dispatch)
  } else if (isFramed(block)) {
    // A frame stays one frame; its text becomes two paragraphs inside.
    const inner = $pos.pos + 1
    open(tr, $pos.before(), textbox.create({ tag: 'p', attrs: { style: 'margin: 0;' } }))
    tr.split(inner)
  } else {
    const atEnd = $pos.parentOffset === block.content.size
    const next = block.type === anon || (atEnd && /^(?:h[1-6]|pre)$/.test(tagOf(block))) ? { type: textbox, attrs: paragraph().attrs } : { type: textbox, attrs: { ...block.attrs, attrs: withoutId(block.attrs.attrs) } }
    tr.split($pos.pos, 1, [next])
  }
  if (state.storedMarks || $from.marks().length) tr.ensureMarks(state.storedMarks || $from.marks().filter(m => m.attrs.tag !== 'a'))
  dispatch(tr.scrollIntoView())
  return true
}

function withoutId(attrs) {
  const { id: _, ...rest } = attrs
  return rest
}

/** Take an empty text box away, and the boxes that have nothing but it. */
function removeEmpty(state, dispatch, direction) {
  const { $from } = state.selection
  let d = $from.depth
  while (d > 1 && $from.node(d - 1).childCount === 1 && !/^(?:td|th|li)$/.test(tagOf($from.node(d - 1)))) d--
  if (d === 1 && state.doc.childCount === 1) return true
  if (/^(?:td|th)$/.test(tagOf($from.node(d)))) return true
  if (!dispatch) return true
  const at = $from.before(d)
  const tr = state.tr.delete(at, $from.after(d))
  if (!tr.doc.content.size) tr.insert(0, paragraph())
  const $at = tr.doc.resolve(Math.min(at, tr.doc.content.size))
  const beside = direction < 0 ? $at.nodeBefore : $at.nodeAfter
  tr.setSelection(beside?.isAtom ? NodeSelection.create(tr.doc, direction < 0 ? $at.pos - beside.nodeSize : $at.pos) : Selection.near($at, direction))
  dispatch(tr.scrollIntoView())
  return true
}

function towards(direction) {
  return (state, dispatch, view) => {
    const { $from, empty } = state.selection
    if (!empty || !$from.parent.isTextblock) return false
    const atEdge = view ? view.endOfTextblock(direction < 0 ? 'backward' : 'forward', state) : direction < 0 ? !$from.parentOffset : $from.parentOffset === $from.parent.content.size
    if (!atEdge) return false
    if (!$from.parent.content.size) return removeEmpty(state, dispatch, direction)
    const $edge = state.doc.resolve(direction < 0 ? $from.before() : $from.after())
    const beside = direction < 0 ? $edge.nodeBefore : $edge.nodeAfter
    if (!beside) return true // the first or last of its box: the box stays
    if (beside.isTextblock && isFixed(beside)) return true
    if (beside.isTextblock && !beside.content.size && direction < 0) {
      if (dispatch) dispatch(state.tr.delete($edge.pos - beside.nodeSize, $edge.pos).scrollIntoView())
      return true
    }
    if (beside.isTextblock) return (direction < 0 ? joinTextblockBackward : joinTextblockForward)(state, dispatch, view)
    if (dispatch) {
      const selection = beside.isAtom ? NodeSelection.create(state.doc, direction < 0 ? $edge.pos - beside.nodeSize : $edge.pos) : Selection.near($edge, direction)
      dispatch(state.tr.setSelection(selection).scrollIntoView())
    }
    return true
  }
}

const tab = direction => (state, dispatch) => {
  if (cellAround(state.selection.$from)) {
    const cell = cellAround(state.selection.$from).cell
    if (itemDepth(state.selection.$from) < cell) return nextCell(direction)(state, dispatch)
  }
  if (itemDepth(state.selection.$from)) return (direction > 0 ? sinkItem : liftItem)(state, dispatch)
  return false // leaves the text for the next control
}

const backspace = chainCommands(clearCells, backOut, towards(-1), baseKeymap.Backspace)
const forward = chainCommands(clearCells, towards(1), baseKeymap.Delete)
const enter = chainCommands(behindSelected, newline, splitItem, splitText)

const keepsSpaces = $pos => {
  for (let d = $pos.depth; d > 0; d--) {
    const { tag, attrs } = $pos.node(d).attrs
    const set = attrs && declarations(attrs.style).filter(([name]) => name === 'white-space').pop()
    if (set) return /^(?:pre|break)/.test(set[1])
    if (tag === 'pre') return true
  }
  return false
}

/** A second space in a row would not be seen by a reader: it becomes one that does not collapse. */
export function handleTextInput(view, from, to, text) {
  if (text !== ' ' || view.composing) return false
  const $from = view.state.doc.resolve(from)
  const before = $from.parent.textBetween(0, $from.parentOffset, '', '\ufffc')
  if ((before && !before.endsWith(' ')) || keepsSpaces($from)) return false
  view.dispatch(view.state.tr.insertText('\u00a0', from, to).scrollIntoView())
  return true
}

export const keys = say => ({
  ...baseKeymap,
  Enter: enter,
  'Shift-Enter': lineBreak,
  'Mod-Enter': baseKeymap['Mod-Enter'],
  Backspace: backspace,
  'Mod-Backspace': backspace,
  'Shift-Backspace': backspace,
  Delete: forward,
  'Mod-Delete': forward,
  Tab: tab(1),
  'Shift-Tab': tab(-1),
  'Mod-b': toggle('bold'),
  'Mod-i': toggle('italic'),
  'Mod-u': toggle('underline'),
  'Mod-Shift-x': toggle('strike'),
  'Mod-z': undo,
  'Mod-y': redo,
  'Mod-Shift-z': redo,
  'Mod-a': selectAll,
  'Mod-Shift-v': () => (say('paste_plain'), true),
  'Mod-k': () => (say('key', { key: 'link' }), true),
  'Mod-f': () => (say('key', { key: 'find' }), true),
  'Mod-h': () => (say('key', { key: 'replace' }), true),
  'Mod-s': () => (say('key', { key: 'save' }), true),
  Escape: () => (say('key', { key: 'escape' }), false),
})
