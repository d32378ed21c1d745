// Character formatting. Marks may be any tags in any order, so a change rewrites the marks of each piece of text.
import { Fragment } from 'prosemirror-model'
import { TextSelection } from 'prosemirror-state'
import { any, mark, paragraph, tagOf, textbox } from '../schema.js'
import { styleValue, withStyle } from '../style.js'

const HEADING = /^h[1-6]$/
const heavy = value => value === 'bold' || value === 'bolder' || Number(value) >= 600
const lined = name => value => value.split(/\s+/).includes(name)

/** What each switch means: tags that say it, the property that says it, and what undoes it inside a styled block. */
const SWITCHES = {
  bold: { tags: ['strong', 'b'], property: 'font-weight', says: heavy, tag: 'strong', undo: 'normal' },
  italic: { tags: ['em', 'i'], property: 'font-style', says: value => value === 'italic' || value === 'oblique', tag: 'em', undo: 'normal' },
  underline: { tags: ['u', 'ins'], property: 'text-decoration', says: lined('underline'), tag: 'u', undo: null },
  strike: { tags: ['s', 'del', 'strike'], property: 'text-decoration', says: lined('line-through'), tag: 's', undo: null },
}

/** Give each piece of text between two places new marks; the selection stays. */
export function rewrite(tr, from, to, change) {
  tr.doc.nodesBetween(from, to, (block, pos) => {
    if (!block.isTextblock) return true
    const start = Math.max(from, pos + 1), end = Math.min(to, pos + 1 + block.content.size)
    if (start >= end) return false
    const pieces = []
    block.content.cut(start - pos - 1, end - pos - 1).forEach(node => pieces.push(node.mark(change(node.marks, node, block))))
    tr.replaceWith(start, end, Fragment.fromArray(pieces))
    return false
  })
  return tr
}

const keepSelection = (tr, { anchor, head }) => tr.setSelection(TextSelection.create(tr.doc, anchor, head))

function marksAt(state) {
  const { $from, empty } = state.selection
  if (empty) return state.storedMarks || $from.marks()
  return null
}

/** All pieces of text in the selection, with their place. */
function pieces(state) {
  const found = []
  const { from, to } = state.selection
  state.doc.nodesBetween(from, to, (node, pos) => { if (node.isText) found.push({ marks: node.marks, $pos: state.doc.resolve(pos) }) })
  return found
}

function ancestors($pos) {
  const found = []
  for (let d = $pos.depth; d > 0; d--) if ($pos.node(d).attrs.tag) found.push($pos.node(d).attrs)
  return found
}

function says(kind, marks, $pos) {
  const { tags, property, says: test } = SWITCHES[kind]
  const inherits = property !== 'text-decoration'
  for (const { tag, attrs } of [...[...marks].reverse().map(m => m.attrs), ...ancestors($pos)]) {
    const value = styleValue(attrs, property) || (property === 'text-decoration' ? styleValue(attrs, 'text-decoration-line') : '')
    if (value && (inherits || test(value))) return test(value)
    if (tags.includes(tag)) return true
    if (kind === 'bold' && (HEADING.test(tag) || tag === 'th')) return true
  }
  return false
}

/** Whether all of the selection is bold, italic, underlined or struck. */
export function isOn(state, kind) {
  const marks = marksAt(state)
  if (marks) return says(kind, marks, state.selection.$from)
  const found = pieces(state)
  return found.length > 0 && found.every(({ marks, $pos }) => says(kind, marks, $pos))
}

/** The value of a property where the selection starts, '' if nothing sets it. */
export function valueAt(state, property) {
  const marks = marksAt(state) || pieces(state)[0]?.marks || []
  for (const { attrs } of [...[...marks].reverse().map(m => m.attrs), ...ancestors(state.selection.$from)]) {
    const value = styleValue(attrs, property)
    if (value) return value
  }
  return ''
}

const isBare = ({ tag, attrs }) => tag === 'span' && !Object.keys(attrs).length

/** A mark without some properties; null when nothing of it is left. */
function without(m, changes) {
  const attrs = withStyle(m.attrs.attrs, changes)
  if (attrs === m.attrs.attrs) return m
  return isBare({ tag: m.attrs.tag, attrs }) ? null : any.create({ ...m.attrs, attrs })
}

function withoutSwitch(marks, kind) {
  const { tags, property, says: test } = SWITCHES[kind]
  return marks.flatMap(m => {
    if (tags.includes(m.attrs.tag)) {
      return Object.keys(m.attrs.attrs).length ? [any.create({ ...m.attrs, tag: 'span' })] : []
    }
    const value = styleValue(m.attrs.attrs, property)
    if (!value || !test(value)) return [m]
    const rest = property === 'text-decoration' ? value.split(/\s+/).filter(word => !test(word)).join(' ') : ''
    return [without(m, { [property]: rest || null })].filter(Boolean)
  })
}

/** Marks with a style set; a span that only carries style takes it, so that spans do not pile up. */
function styled(marks, changes, occurrence) {
  const names = Object.fromEntries(Object.keys(changes).map(name => [name, null]))
  const rest = marks.map(m => without(m, names)).filter(Boolean)
  if (Object.values(changes).every(value => value == null || value === '')) return rest
  const last = rest[rest.length - 1]
  if (last?.attrs.tag === 'span' && Object.keys(last.attrs.attrs).join() === 'style') {
    return [...rest.slice(0, -1), any.create({ tag: 'span', attrs: withStyle(last.attrs.attrs, changes), key: last.attrs.key })]
  }
  return [...rest, occurrence]
}

function apply(state, dispatch, change) {
  const { from, to, empty } = state.selection
  if (!dispatch) return true
  const tr = state.tr
  if (empty) tr.setStoredMarks(change(marksAt(state), null, state.selection.$from.parent))
  else keepSelection(rewrite(tr, from, to, change), state.selection)
  dispatch(tr.scrollIntoView())
  return true
}

export const toggle = kind => (state, dispatch) => {
  const on = isOn(state, kind)
  const { tag, property, undo } = SWITCHES[kind]
  const added = mark(tag)
  const undone = undo && mark('span', { style: `${property}: ${undo};` })
  return apply(state, dispatch, (marks, _node, block) => {
    const rest = withoutSwitch(marks, kind)
    if (!on) return [...rest, added]
    const stillOn = undo && (kind === 'bold' && HEADING.test(tagOf(block)) || SWITCHES[kind].says(styleValue(block.attrs.attrs || {}, property)))
    return stillOn ? [...rest, undone] : rest
  })
}

/** {color: "#c00"} and the like; null takes the property away. */
export const setStyle = changes => (state, dispatch) => {
  const occurrence = mark('span', withStyle({}, changes))
  return apply(state, dispatch, marks => styled(marks, changes, occurrence))
}

const isLink = m => m.attrs.tag === 'a'

/** The whole link around the caret, or the selection. */
function linkRange(state) {
  const { from, to, empty, $from } = state.selection
  const link = $from.marks().find(isLink)
  if (!empty || !link) return { from, to }
  let start = $from.start(), found = null
  $from.parent.forEach((node, offset) => {
    if (!link.isInSet(node.marks)) return
    found = { from: found?.from ?? start + offset, to: start + offset + node.nodeSize }
  })
  return found || { from, to }
}

export const setLink = (href, text = '') => (state, dispatch) => {
  const { from, to } = linkRange(state)
  const link = mark('a', { href, target: '_blank', style: 'color: #576b95; text-decoration: none;' })
  if (!dispatch) return true
  const tr = state.tr
  if (from === to) tr.replaceSelectionWith(state.schema.text(text || href, [link, ...state.selection.$from.marks().filter(m => !isLink(m))]), false)
  else keepSelection(rewrite(tr, from, to, marks => [link, ...marks.filter(m => !isLink(m))]), state.selection)
  dispatch(tr.scrollIntoView())
  return true
}

export const unlink = (state, dispatch) => {
  const { from, to } = linkRange(state)
  if (dispatch) dispatch(keepSelection(rewrite(state.tr, from, to, marks => marks.filter(m => !isLink(m))), state.selection))
  return true
}

export const linkAt = state => (state.selection.$from.marks().find(isLink) || pieces(state)[0]?.marks.find(isLink))?.attrs.attrs.href || ''

/** Back to plain text and plain paragraphs; links, lists, tables and pictures stay what they are. */
export const clearFormat = (state, dispatch) => {
  if (!dispatch) return true
  const { from, to, empty } = state.selection
  const tr = state.tr.setStoredMarks([])
  if (!empty) rewrite(tr, from, to, marks => marks.filter(isLink).map(() => mark('a', { href: linkAt(state) })))
  const plain = paragraph()
  tr.doc.nodesBetween(from, to, (node, pos) => {
    if (!node.isTextblock) return true
    const tag = tagOf(node)
    if (tag === 'p' || HEADING.test(tag) || tag === 'pre') tr.setNodeMarkup(pos, textbox, plain.attrs)
    else if (tag) tr.setNodeMarkup(pos, null, { tag, attrs: withStyle(node.attrs.attrs, { color: null, 'font-size': null, 'font-weight': null, 'text-align': null, 'background-color': null, 'text-indent': null, 'letter-spacing': null }) })
    return false
  })
  dispatch(keepSelection(tr, state.selection).scrollIntoView())
  return true
}
