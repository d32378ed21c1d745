// Putting blocks where the caret is, without breaking what stands around it.
import { Fragment, Slice } from 'prosemirror-model'
import { NodeSelection, Selection, TextSelection } from 'prosemirror-state'
import { ReplaceAroundStep } from 'prosemirror-transform'
import { anon, box, paragraph, tagOf } from '../schema.js'

/** Text boxes whose tag has a fixed place: what goes between their lines goes inside them. */
const FIXED = new Set('li,td,th,dt,dd,caption,figcaption,summary,legend'.split(','))
export const isFixed = node => FIXED.has(tagOf(node))
const PLAIN = new Set(['p', 'section', 'div'])

/** Make a cell or item that holds text hold a block that holds the text; positions inside move on by one. */
export function open(tr, pos, inner = anon.create()) {
  const node = tr.doc.nodeAt(pos)
  const end = pos + node.nodeSize
  const wrapper = box.create(node.attrs, inner)
  tr.step(new ReplaceAroundStep(pos, end, pos + 1, end - 1, new Slice(Fragment.from(wrapper), 0, 0), 2, true))
  return tr
}

/** Insert blocks at the selection, or at a place; the caret goes to the end of them. */
export function insertBlocks(tr, blocks, at = null) {
  const content = Fragment.from(blocks)
  if (at === null && !tr.selection.empty) tr.deleteSelection()
  let $pos = at === null ? tr.selection.$from : tr.doc.resolve(at)
  if ($pos.parent.isTextblock && isFixed($pos.parent)) {
    const inside = $pos.pos + 1
    const emptied = !$pos.parent.content.size
    open(tr, $pos.before(), emptied ? paragraph() : anon.create())
    $pos = tr.doc.resolve(inside)
  }
  let from = $pos.pos, to = $pos.pos
  if ($pos.parent.isTextblock) {
    const node = $pos.parent
    if (!node.content.size && (node.type === anon || PLAIN.has(tagOf(node)))) { from = $pos.before(); to = $pos.after() }
    else if ($pos.parentOffset === 0) from = to = $pos.before()
    else if ($pos.parentOffset === node.content.size) from = to = $pos.after()
    else { tr.split($pos.pos); from = to = $pos.pos + 1 }
  } else {
    // Between the rows of a table or the items of a list there is no place for a block: after the whole of it.
    let d = $pos.depth
    while (d > 0 && /^(?:table|thead|tbody|tfoot|tr|ul|ol|dl)$/.test(tagOf($pos.node(d)))) d--
    if (d < $pos.depth) from = to = $pos.after(d + 1)
  }
  tr.replaceWith(from, to, content)
  const end = from + content.size
  const last = content.lastChild
  if (last?.isTextblock && last.content.size === 0) tr.setSelection(TextSelection.create(tr.doc, end - 1))
  else tr.setSelection(Selection.near(tr.doc.resolve(Math.min(end, tr.doc.content.size)), -1))
  return tr
}

/** Insert inline nodes; a caret between blocks gets a paragraph. */
export function insertInline(tr, nodes, at = null) {
  if (at === null && !(tr.selection instanceof NodeSelection && tr.selection.node.isInline)) tr.deleteSelection()
  const $pos = at === null ? tr.selection.$from : tr.doc.resolve(at)
  const to = at === null ? tr.selection.to : $pos.pos
  if (!$pos.parent.isTextblock) return insertBlocks(tr, [paragraph(nodes)], at)
  const content = Fragment.from(nodes)
  tr.replaceWith($pos.pos, to, content)
  return tr.setSelection(TextSelection.create(tr.doc, $pos.pos + content.size))
}

/** All text boxes that the selection touches, last first, so that changes do not move the rest. */
export function textblocks(doc, { from, to }) {
  const found = []
  doc.nodesBetween(from, to, (node, pos) => {
    if (node.isTextblock) { found.push({ node, pos }); return false }
    return true
  })
  return found.reverse()
}
