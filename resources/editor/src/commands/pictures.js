// Pictures: put in, replaced, sized, aligned, captioned. Their bytes live in the app; the document has addresses.
import { NodeSelection, TextSelection } from 'prosemirror-state'
import { image, paragraph, tagOf, textbox } from '../schema.js'
import { withStyle } from '../style.js'
import { insertBlocks } from './insert.js'

const HOLDER = 'margin: 0 0 8px; text-align: center;'
const CAPTION = 'margin: 0 0 12px; text-align: center; font-size: 14px; line-height: 1.6; color: #888888;'

export function pictureNode({ src, alt = '', width = '' }) {
  const attrs = { src, style: `max-width: 100%; vertical-align: middle;${width ? ` width: ${width};` : ''}` }
  return image.create({ attrs: alt ? { ...attrs, alt } : attrs })
}

/** A paragraph with pictures, at the selection or at a place. */
export function insertPictures(tr, pictures, at = null) {
  const holders = pictures.map(one => paragraph([pictureNode(one)], HOLDER))
  insertBlocks(tr, holders, at)
  const $end = tr.selection.$to
  const after = $end.depth ? $end.after(1) : tr.doc.content.size
  if (after >= tr.doc.content.size) tr.insert(tr.doc.content.size, paragraph())
  const $next = tr.doc.resolve($end.parent.isTextblock ? $end.after() : $end.pos)
  return tr.setSelection(TextSelection.near($next, 1))
}

/** The picture that is selected or beside the caret. */
export function pictureAt(state) {
  const { selection } = state
  if (selection instanceof NodeSelection && selection.node.type === image) return { node: selection.node, pos: selection.from }
  const { $from, empty } = selection
  if (!empty) return null
  if ($from.nodeBefore?.type === image) return { node: $from.nodeBefore, pos: $from.pos - $from.nodeBefore.nodeSize }
  return $from.nodeAfter?.type === image ? { node: $from.nodeAfter, pos: $from.pos } : null
}

const onPicture = change => (state, dispatch) => {
  const found = pictureAt(state)
  if (!found) return false
  if (dispatch) dispatch(change(state.tr, found, state))
  return true
}

function setAttributes(tr, { node, pos }, attrs) {
  tr.setNodeMarkup(pos, null, { attrs }, node.marks)
  return tr.setSelection(NodeSelection.create(tr.doc, pos))
}

/** Another picture at the same place, in the same look. */
export const replacePicture = ({ src, alt }) => onPicture((tr, found) => {
  const { 'data-src': _, 'data-ratio': __, 'data-w': ___, 'data-s': ____, 'data-type': _____, srcset: ______, ...kept } = found.node.attrs.attrs
  return setAttributes(tr, found, { ...kept, src, ...(alt == null ? {} : { alt }) })
})

/** Width as CSS ("50%", "240px"), '' for its own. */
export const sizePicture = width => onPicture((tr, found) => {
  const { width: _, height: __, ...kept } = found.node.attrs.attrs
  return setAttributes(tr, found, withStyle(kept, { width: width || null, height: width ? 'auto' : null }))
})

export const alignPicture = align => onPicture((tr, found) => {
  const $pos = tr.doc.resolve(found.pos)
  const holder = $pos.parent
  if (holder.type === textbox) tr.setNodeMarkup($pos.before(), null, { ...holder.attrs, attrs: withStyle(holder.attrs.attrs, { 'text-align': align }) })
  else tr.setNodeMarkup($pos.before(), textbox, { tag: 'p', attrs: { style: `margin: 0 0 8px; text-align: ${align};` } })
  return tr.setSelection(NodeSelection.create(tr.doc, found.pos))
})

/** A line of text under the picture; the caret goes into it. An existing one is taken. */
export const captionPicture = (text = '') => onPicture((tr, found) => {
  const $pos = tr.doc.resolve(found.pos)
  const after = $pos.after()
  const next = tr.doc.resolve(after).nodeAfter
  const isCaption = next?.isTextblock && (tagOf(next) === 'figcaption' || next.attrs.attrs?.style === CAPTION)
  if (!isCaption) {
    tr.insert(after, tagOf($pos.node($pos.depth - 1)) === 'figure' ? textbox.create({ tag: 'figcaption', attrs: { style: CAPTION } }) : paragraph(null, CAPTION))
  }
  const inside = after + 1
  if (text) tr.replaceWith(inside, inside + (isCaption ? next.content.size : 0), tr.doc.type.schema.text(text))
  return tr.setSelection(TextSelection.create(tr.doc, inside + (text ? text.length : isCaption ? next.content.size : 0))).scrollIntoView()
})

/** Every picture with this address gets another one, '' takes it away; not a step to undo, since nobody did it. */
export function swapAddress(tr, from, to) {
  tr.doc.descendants((node, pos) => {
    if (node.type !== image) return
    const attrs = node.attrs.attrs
    if (attrs.src !== from && attrs['data-src'] !== from) return
    if (!to) { tr.delete(tr.mapping.map(pos), tr.mapping.map(pos + 1)); return }
    const { 'data-src': late, ...kept } = attrs
    tr.setNodeMarkup(tr.mapping.map(pos), null, { attrs: { ...kept, ...(late === undefined || late === from ? {} : { 'data-src': late }), src: to } }, node.marks)
  })
  return tr.setMeta('addToHistory', false)
}
