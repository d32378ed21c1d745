// Paragraphs: their kind, alignment, spacing, quotes, dividers.
import { Fragment, Slice } from 'prosemirror-model'
import { TextSelection } from 'prosemirror-state'
import { ReplaceAroundStep } from 'prosemirror-transform'
import { anon, box, paragraph, raw, tagOf, textbox } from '../schema.js'
import { styleValue, withStyle } from '../style.js'
import { insertBlocks, isFixed, open, textblocks } from './insert.js'

const KINDS = {
  paragraph: { tag: 'p', style: paragraph().attrs.attrs.style },
  h1: { tag: 'h1', style: 'margin: 28px 0 14px; font-size: 24px; line-height: 1.4; font-weight: bold;' },
  h2: { tag: 'h2', style: 'margin: 24px 0 12px; font-size: 20px; line-height: 1.4; font-weight: bold;' },
  h3: { tag: 'h3', style: 'margin: 20px 0 10px; font-size: 17px; line-height: 1.5; font-weight: bold;' },
  pre: { tag: 'pre', style: 'margin: 0 0 12px; padding: 12px 16px; font-size: 14px; line-height: 1.6; background-color: rgba(128, 128, 128, 0.12); border-radius: 6px; white-space: pre-wrap; font-family: Menlo, Consolas, monospace;' },
}
const OURS = ['margin', 'font-size', 'line-height', 'font-weight', 'padding', 'background-color', 'border-radius', 'white-space', 'font-family']
const CHANGEABLE = /^(?:p|h[1-6]|pre)$/

function asKind(kind, attrs) {
  const bare = withStyle(attrs, Object.fromEntries(OURS.map(name => [name, null])))
  return { tag: kind.tag, attrs: { ...bare, style: [kind.style, bare.style].filter(Boolean).join(' ') } }
}

/** Make the touched text boxes paragraphs or headings. A styled section keeps its look and gets the heading inside. */
export const setKind = name => (state, dispatch) => {
  const kind = KINDS[name]
  if (!kind) return false
  if (!dispatch) return true
  const tr = state.tr
  for (const { node, pos } of textblocks(state.doc, state.selection)) {
    if (node.type === anon) tr.setNodeMarkup(pos, textbox, asKind(kind, {}))
    else if (CHANGEABLE.test(tagOf(node))) tr.setNodeMarkup(pos, textbox, asKind(kind, node.attrs.attrs))
    else open(tr, pos, textbox.create(asKind(kind, {})))
  }
  dispatch(tr.scrollIntoView())
  return true
}

export function kindAt(state) {
  const { $from } = state.selection
  for (let d = $from.depth; d > 0; d--) {
    const tag = tagOf($from.node(d))
    if (/^h[1-6]$/.test(tag) || tag === 'pre') return tag
  }
  return 'paragraph'
}

/** {"text-align": "center"} for each touched text box. */
export const setBlockStyle = changes => (state, dispatch) => {
  if (!dispatch) return true
  const tr = state.tr
  for (const { node, pos } of textblocks(state.doc, state.selection)) {
    if (node.type === anon) {
      const p = paragraph()
      tr.setNodeMarkup(pos, textbox, { tag: 'p', attrs: withStyle(p.attrs.attrs, changes) })
    } else tr.setNodeMarkup(pos, null, { ...node.attrs, attrs: withStyle(node.attrs.attrs, changes) })
  }
  dispatch(tr.scrollIntoView())
  return true
}

export function blockValueAt(state, property) {
  const { $from } = state.selection
  for (let d = $from.depth; d > 0; d--) {
    const value = styleValue($from.node(d).attrs.attrs || {}, property)
    if (value) return value
  }
  return ''
}

/** First-line indent of two characters, on or off. */
export const toggleIndent = (state, dispatch) => {
  const on = parseFloat(blockValueAt(state, 'text-indent')) > 0
  return setBlockStyle({ 'text-indent': on ? null : '2em' })(state, dispatch)
}

const QUOTE_STYLE = 'margin: 12px 0; padding: 8px 0 8px 16px; border-left: 3px solid rgba(128, 128, 128, 0.45); color: rgb(128, 128, 128);'

export function quoteDepth($pos) {
  for (let d = $pos.depth; d > 0; d--) if (tagOf($pos.node(d)) === 'blockquote') return d
  return 0
}

/** Put the touched blocks into a quote, or take them out of the one they are in. */
export const toggleQuote = (state, dispatch) => {
  const { $from, $to } = state.selection
  const depth = quoteDepth($from)
  if (!dispatch) return true
  const tr = state.tr
  if (depth) {
    const start = $from.before(depth), node = $from.node(depth)
    if (node.isTextblock) tr.setNodeMarkup(start, textbox, paragraph().attrs)
    else tr.step(new ReplaceAroundStep(start, start + node.nodeSize, start + 1, start + node.nodeSize - 1, Slice.empty, 0, true))
    dispatch(tr.scrollIntoView())
    return true
  }
  if ($from.parent.isTextblock && isFixed($from.parent)) return false
  const range = $from.blockRange($to)
  if (!range) return false
  const quote = box.create({ tag: 'blockquote', attrs: { style: QUOTE_STYLE } })
  tr.step(new ReplaceAroundStep(range.start, range.end, range.start, range.end, new Slice(Fragment.from(quote), 0, 0), 1, true))
  dispatch(tr.scrollIntoView())
  return true
}

const DIVIDER = '<hr style="height: 1px; margin: 24px 0; border: 0; border-top: 1px solid rgba(128, 128, 128, 0.35);">'

export const insertDivider = (state, dispatch) => {
  if (dispatch) dispatch(goOn(insertBlocks(state.tr, [raw.create({ html: DIVIDER }), paragraph()])).scrollIntoView())
  return true
}

/** The caret into the last of the inserted paragraphs. */
function goOn(tr) {
  const { $to } = tr.selection
  return $to.parent.isTextblock ? tr : tr.setSelection(TextSelection.near($to, 1))
}
