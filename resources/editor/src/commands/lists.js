// Lists are plain <ul>/<ol> with <li>: an item holds its text directly, or blocks, as other editors write them.
import { Fragment } from 'prosemirror-model'
import { Selection, TextSelection } from 'prosemirror-state'
import { anon, box, paragraph, tagOf, textbox } from '../schema.js'
import { withStyle } from '../style.js'
import { isFixed, open } from './insert.js'

const STYLE = { ul: 'margin: 8px 0; padding-left: 1.6em; list-style-type: disc;', ol: 'margin: 8px 0; padding-left: 1.6em; list-style-type: decimal;' }
const ITEM = 'font-size: 16px; line-height: 1.75;'
export const isList = node => tagOf(node) === 'ul' || tagOf(node) === 'ol'
const isItem = node => tagOf(node) === 'li'
const isEmpty = node => node.content.size === 0

/** Depth of the item that the place is in, 0 outside lists. */
export function itemDepth($pos) {
  for (let d = $pos.depth; d > 1; d--) if (isItem($pos.node(d)) && isList($pos.node(d - 1))) return d
  return 0
}

export const listAt = state => {
  const d = itemDepth(state.selection.$from)
  return d ? tagOf(state.selection.$from.node(d - 1)) : ''
}

const list = (tag, items) => box.create({ tag, attrs: { style: STYLE[tag] } }, items)

function asItem(node) {
  const item = { tag: 'li', attrs: { style: ITEM } }
  if (node.type === anon || (node.type === textbox && tagOf(node) === 'p')) return textbox.create(item, node.content)
  return box.create(item, node)
}

function blocksOf(item) {
  if (item.type === textbox) return [paragraph(item.content)]
  const found = []
  item.forEach(kid => found.push(kid.type === anon ? paragraph(kid.content) : kid))
  return found
}

/** Turn the touched blocks into a list, a list of the other kind into this one, a list of this kind into paragraphs. */
export const toggleList = tag => (state, dispatch) => {
  const depth = itemDepth(state.selection.$from)
  if (depth) {
    const { $from } = state.selection
    if (tagOf($from.node(depth - 1)) === tag) return liftItems(state, dispatch)
    const node = $from.node(depth - 1)
    if (dispatch) {
      dispatch(state.tr.setNodeMarkup($from.before(depth - 1), box, { tag, attrs: withStyle(node.attrs.attrs, { 'list-style-type': tag === 'ul' ? 'disc' : 'decimal' }) }))
    }
    return true
  }
  if (!dispatch) return true
  const tr = state.tr
  if (state.selection.$from.parent.isTextblock && isFixed(state.selection.$from.parent)) open(tr, state.selection.$from.before())
  const range = tr.selection.$from.blockRange(tr.selection.$to)
  if (!range) return false
  const items = []
  for (let i = range.startIndex; i < range.endIndex; i++) {
    const node = range.parent.child(i)
    if (isList(node)) node.forEach(item => items.push(item))
    else items.push(asItem(node))
  }
  const { from, to } = tr.selection
  tr.replaceWith(range.start, range.end, list(tag, items))
  // Paragraphs became items one level deeper, each as long as it was.
  tr.setSelection(TextSelection.between(tr.doc.resolve(Math.min(from + 1, tr.doc.content.size)), tr.doc.resolve(Math.min(to + 1, tr.doc.content.size))))
  dispatch(tr.scrollIntoView())
  return true
}

/** Take the item of the caret out by one level: out of the inner list, or out of the list into a paragraph. */
export const liftItem = (state, dispatch) => {
  const { $from } = state.selection
  const d = itemDepth($from)
  if (!d) return false
  if (!dispatch) return true
  const tr = state.tr
  const item = $from.node(d), parentList = $from.node(d - 1), index = $from.index(d - 1)
  const inItem = $from.pos - $from.start(d)
  const before = [], after = []
  parentList.forEach((node, _, i) => { if (i < index) before.push(node); else if (i > index) after.push(node) })
  const outer = d >= 3 && isItem($from.node(d - 2)) && isList($from.node(d - 3)) ? d - 2 : 0
  if (outer) {
    const holder = $from.node(outer)
    const kept = []
    holder.forEach((node, _, i) => { if (i !== $from.index(outer)) kept.push(node); else if (before.length) kept.push(parentList.copy(Fragment.from(before))) })
    const first = box.create(holder.attrs, kept)
    const moved = after.length ? box.create(item.attrs, [...(item.type === textbox ? [anon.create(null, item.content)] : item.content.content), parentList.copy(Fragment.from(after))]) : item
    const start = $from.before(outer)
    tr.replaceWith(start, $from.after(outer), [first, moved])
    const caret = start + first.nodeSize + 1 + inItem + (moved !== item && item.type === textbox ? 1 : 0)
    tr.setSelection(Selection.near(tr.doc.resolve(Math.min(caret, tr.doc.content.size))))
  } else {
    const blocks = blocksOf(item)
    const start = $from.before(d - 1)
    const head = before.length ? [parentList.copy(Fragment.from(before))] : []
    const tail = after.length ? [parentList.copy(Fragment.from(after))] : []
    tr.replaceWith(start, $from.after(d - 1), [...head, ...blocks, ...tail])
    const caret = start + (head.length ? head[0].nodeSize : 0) + inItem + (item.type === textbox ? 1 : 0)
    tr.setSelection(Selection.near(tr.doc.resolve(Math.min(caret, tr.doc.content.size))))
  }
  dispatch(tr.scrollIntoView())
  return true
}

/** All touched items of a list become paragraphs. */
function liftItems(state, dispatch) {
  const { $from, $to } = state.selection
  const d = itemDepth($from)
  if ($to.depth < d || $to.before(d - 1) !== $from.before(d - 1)) return liftItem(state, dispatch)
  if ($from.index(d - 1) === $to.index(d - 1)) return liftItem(state, dispatch)
  if (!dispatch) return true
  const parentList = $from.node(d - 1), first = $from.index(d - 1), last = $to.index(d - 1)
  const head = [], blocks = [], tail = []
  parentList.forEach((node, _, i) => { if (i < first) head.push(node); else if (i > last) tail.push(node); else blocks.push(...blocksOf(node)) })
  const wrap = items => (items.length ? [parentList.copy(Fragment.from(items))] : [])
  const start = $from.before(d - 1)
  const tr = state.tr.replaceWith(start, $from.after(d - 1), [...wrap(head), ...blocks, ...wrap(tail)])
  const from = start + wrap(head).reduce((sum, node) => sum + node.nodeSize, 0)
  const to = from + blocks.reduce((sum, node) => sum + node.nodeSize, 0)
  tr.setSelection(TextSelection.between(tr.doc.resolve(from), tr.doc.resolve(to)))
  dispatch(tr.scrollIntoView())
  return true
}

/** Move the item of the caret into a list below the item before it. */
export const sinkItem = (state, dispatch) => {
  const { $from } = state.selection
  const d = itemDepth($from)
  if (!d) return false
  const parentList = $from.node(d - 1), index = $from.index(d - 1)
  if (!index || !dispatch) return true
  const item = $from.node(d), above = parentList.child(index - 1)
  const kids = above.type === textbox ? [anon.create(null, above.content)] : [...above.content.content]
  const inner = kids[kids.length - 1]
  if (inner && isList(inner) && tagOf(inner) === tagOf(parentList)) kids[kids.length - 1] = inner.copy(inner.content.append(Fragment.from(item)))
  else kids.push(parentList.type.create(parentList.attrs, item))
  const holder = box.create(above.attrs, kids)
  const start = $from.before(d) - above.nodeSize
  const tr = state.tr.replaceWith(start, $from.after(d), holder)
  const caret = start + holder.nodeSize - 2 - item.nodeSize + ($from.pos - $from.before(d))
  dispatch(tr.setSelection(TextSelection.create(tr.doc, caret)).scrollIntoView())
  return true
}

/** Enter in a list: the next item; in an empty item, out of the list. */
export const splitItem = (state, dispatch) => {
  const { $from, $to, empty } = state.selection
  const d = itemDepth($from)
  if (!d || !$from.parent.isTextblock || $from.depth > d + 1) return false
  const item = $from.node(d)
  if (empty && (isEmpty(item) || (item.childCount === 1 && $from.depth === d + 1 && isEmpty($from.parent)))) return liftItem(state, dispatch)
  if (!dispatch) return true
  const tr = state.tr
  if (!empty) tr.deleteRange($from.pos, $to.pos)
  const $pos = tr.doc.resolve(tr.mapping.map($from.pos))
  tr.split($pos.pos, $pos.depth - d + 1)
  dispatch(tr.scrollIntoView())
  return true
}

/** Backspace at the start of an item: out by one level. */
export const backOut = (state, dispatch) => {
  const { $from, empty } = state.selection
  const d = itemDepth($from)
  if (!empty || !d || $from.parentOffset) return false
  for (let i = d; i < $from.depth; i++) if ($from.index(i)) return false
  return liftItem(state, dispatch)
}
