// Tables: rows and columns of any <table>; merged cells keep their spans but are not made here.
import { Selection, TextSelection } from 'prosemirror-state'
import { box, paragraph, tagOf, textbox } from '../schema.js'
import { withStyle } from '../style.js'
import { insertBlocks } from './insert.js'

const isCell = node => tagOf(node) === 'td' || tagOf(node) === 'th'
const BORDER = 'border: 1px solid rgba(128, 128, 128, 0.4);'
const CELL = `${BORDER} padding: 8px 10px; font-size: 15px; line-height: 1.6; text-align: left; vertical-align: top;`
const HEAD = `${CELL} font-weight: bold; background-color: rgba(128, 128, 128, 0.12);`

const cell = (tag = 'td') => textbox.create({ tag, attrs: { style: tag === 'th' ? HEAD : CELL } })

export const insertTable = (rows = 3, columns = 3, head = true) => (state, dispatch) => {
  if (!dispatch) return true
  const row = tag => box.create({ tag: 'tr', attrs: {} }, Array.from({ length: columns }, () => cell(tag)))
  const body = box.create({ tag: 'tbody', attrs: {} }, Array.from({ length: rows }, (_, i) => row(head && i === 0 ? 'th' : 'td')))
  const table = box.create({ tag: 'table', attrs: { style: 'width: 100%; border-collapse: collapse; margin: 12px 0;' } }, body)
  const tr = insertBlocks(state.tr, [table, paragraph()])
  const end = tr.selection.from - 1
  dispatch(tr.setSelection(TextSelection.near(tr.doc.resolve(end - table.nodeSize), 1)).scrollIntoView())
  return true
}

/** The innermost cell around a place with its row and table, or null. */
export function cellAround($pos) {
  for (let d = $pos.depth; d > 0; d--) {
    if (!isCell($pos.node(d))) continue
    let row = d - 1
    while (row > 0 && tagOf($pos.node(row)) !== 'tr') row--
    let table = row
    while (table > 0 && tagOf($pos.node(table)) !== 'table') table--
    return row && table ? { cell: d, row, table, index: $pos.index(row) } : null
  }
  return null
}

/** The rows of a table with their places, not those of tables inside it. */
function rowsOf(doc, pos) {
  const found = []
  const walk = (node, at) => node.forEach((kid, offset) => {
    if (tagOf(kid) === 'tr') found.push({ node: kid, pos: at + offset })
    else if (/^t(?:head|body|foot)$/.test(tagOf(kid))) walk(kid, at + offset + 1)
  })
  walk(doc.nodeAt(pos), pos + 1)
  return found
}

function emptyLike(node) {
  const { rowspan: _, colspan: __, ...attrs } = node.attrs.attrs
  return textbox.create({ tag: node.attrs.tag, attrs })
}

const inTable = change => (state, dispatch) => {
  const { $from } = state.selection
  const place = cellAround($from)
  if (!place) return false
  if (!dispatch) return true
  const tr = change(state.tr, $from, place)
  if (tr) dispatch(tr.scrollIntoView())
  return true
}

export const addRow = below => inTable((tr, $from, { row }) => {
  const made = []
  $from.node(row).forEach(node => { if (isCell(node)) made.push(below && node.attrs.tag === 'th' && $from.node(row - 1).attrs.tag !== 'thead' ? cell('td') : emptyLike(node)) })
  const at = below ? $from.after(row) : $from.before(row)
  tr.insert(at, box.create($from.node(row).attrs, made))
  return tr.setSelection(TextSelection.near(tr.doc.resolve(at + 1), 1))
})

export const addColumn = right => inTable((tr, $from, { table, index }) => {
  for (const { node, pos } of rowsOf(tr.doc, $from.before(table)).reverse()) {
    const last = Math.min(index, node.childCount - 1)
    let at = pos + 1
    for (let i = 0; i < (right ? last + 1 : last); i++) at += node.child(i).nodeSize
    tr.insert(at, last >= 0 ? emptyLike(node.child(last)) : cell())
  }
  return tr
})

export const deleteRow = inTable((tr, $from, { row, table }) => {
  if (rowsOf(tr.doc, $from.before(table)).length < 2) return removeTable(tr, $from, table)
  return near(tr.delete($from.before(row), $from.after(row)), $from.before(row))
})

export const deleteColumn = inTable((tr, $from, { table, row, index }) => {
  if ($from.node(row).childCount < 2) return removeTable(tr, $from, table)
  for (const { node, pos } of rowsOf(tr.doc, $from.before(table)).reverse()) {
    if (index >= node.childCount) continue
    let at = pos + 1
    for (let i = 0; i < index; i++) at += node.child(i).nodeSize
    tr.delete(at, at + node.child(index).nodeSize)
  }
  return near(tr, $from.before(row) + 1)
})

export const deleteTable = inTable((tr, $from, { table }) => removeTable(tr, $from, table))

function removeTable(tr, $from, table) {
  const at = $from.before(table)
  tr.delete(at, $from.after(table))
  if (!tr.doc.content.size) tr.insert(0, paragraph())
  return near(tr, at)
}

const near = (tr, pos) => tr.setSelection(Selection.near(tr.doc.resolve(Math.min(pos, tr.doc.content.size))))

/** Tab: the next cell, at the end of the table a new row; Shift+Tab: the one before. */
export const nextCell = direction => (state, dispatch) => {
  const { $from } = state.selection
  const place = cellAround($from)
  if (!place) return false
  const rows = rowsOf(state.doc, $from.before(place.table))
  const cells = rows.flatMap(({ node, pos }) => {
    const found = []
    node.forEach((kid, offset) => { if (isCell(kid)) found.push(pos + 1 + offset) })
    return found
  })
  const next = cells[cells.indexOf($from.before(place.cell)) + direction]
  if (next === undefined) return direction > 0 ? addRow(true)(state, dispatch) : true
  if (dispatch) dispatch(state.tr.setSelection(TextSelection.near(state.doc.resolve(next + 1), 1)).scrollIntoView())
  return true
}

/** Deleting a selection over several cells empties the cells and leaves the table whole. */
export const clearCells = (state, dispatch) => {
  const { $from, $to, empty } = state.selection
  const a = cellAround($from), b = cellAround($to)
  if (empty || !(a || b) || (a && b && $from.before(a.cell) === $to.before(b.cell))) return false
  if (a && !b && $to.pos >= $from.after(a.table) && $from.start(a.table) === $from.pos) return false
  if (!dispatch) return true
  const tr = state.tr
  state.doc.nodesBetween($from.pos, $to.pos, (node, pos) => {
    if (!node.isTextblock) return true
    const from = Math.max($from.pos, pos + 1), to = Math.min($to.pos, pos + 1 + node.content.size)
    if (from < to) tr.delete(tr.mapping.map(from), tr.mapping.map(to))
    return false
  })
  dispatch(tr.setSelection(TextSelection.near(tr.doc.resolve($from.pos))).scrollIntoView())
  return true
}

export const cellStyle = changes => inTable((tr, $from, { cell: d }) => tr.setNodeMarkup($from.before(d), null, { ...$from.node(d).attrs, attrs: withStyle($from.node(d).attrs.attrs, changes) }))
