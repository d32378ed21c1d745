// Find and replace inside text boxes; a match may run over differently formatted pieces.
import { Plugin, PluginKey, TextSelection } from 'prosemirror-state'
import { Decoration, DecorationSet } from 'prosemirror-view'

export const finding = new PluginKey('find')
const NOTHING = { text: '', matches: [], current: -1 }
const OBJECT = '\ufffc'

function matchesIn(doc, text) {
  const wanted = text.toLowerCase()
  const found = []
  if (!wanted) return found
  doc.descendants((node, pos) => {
    if (!node.isTextblock) return true
    const own = node.textBetween(0, node.content.size, '', OBJECT)
    // Lower case of a few letters is longer than the letter; then places would not fit.
    const searched = own.toLowerCase().length === own.length ? own.toLowerCase() : own
    for (let at = searched.indexOf(wanted); at >= 0; at = searched.indexOf(wanted, at + wanted.length)) {
      found.push({ from: pos + 1 + at, to: pos + 1 + at + wanted.length })
    }
    return false
  })
  return found
}

export const findPlugin = () => new Plugin({
  key: finding,
  state: {
    init: () => NOTHING,
    apply(tr, old) {
      const asked = tr.getMeta(finding)
      if (!asked && (!tr.docChanged || !old.text)) return old
      const text = asked?.text ?? old.text
      const matches = tr.docChanged || text !== old.text ? matchesIn(tr.doc, text) : old.matches
      const wanted = asked?.current ?? old.current
      return { text, matches, current: matches.length ? Math.min(Math.max(wanted, 0), matches.length - 1) : -1 }
    },
  },
  props: {
    decorations(state) {
      const { matches, current } = finding.getState(state)
      return matches.length ? DecorationSet.create(state.doc, matches.map((m, i) => Decoration.inline(m.from, m.to, { class: i === current ? 'q-found q-current' : 'q-found' }))) : null
    },
  },
})

function go(state, current, extra = tr => tr) {
  const tr = extra(state.tr.setMeta(finding, { current }))
  const match = finding.getState(state).matches[current]
  return match ? tr.setSelection(TextSelection.create(tr.doc, match.from, match.to)).scrollIntoView() : tr
}

/** Look for a text; '' ends it. Starts at the first match behind the caret. */
export const find = text => (state, dispatch) => {
  if (!dispatch) return true
  const matches = matchesIn(state.doc, text)
  const behind = matches.findIndex(m => m.from >= state.selection.from)
  const current = matches.length ? Math.max(behind, 0) : -1
  const tr = state.tr.setMeta(finding, { text, current })
  dispatch(matches[current] ? tr.setSelection(TextSelection.create(tr.doc, matches[current].from, matches[current].to)).scrollIntoView() : tr)
  return true
}

export const findNext = step => (state, dispatch) => {
  const { matches, current } = finding.getState(state)
  if (!matches.length) return false
  if (dispatch) dispatch(go(state, (current + step + matches.length) % matches.length))
  return true
}

function put(tr, match, text) {
  const marks = tr.doc.resolve(match.from).marksAcross(tr.doc.resolve(match.to)) || []
  return text ? tr.replaceWith(match.from, match.to, tr.doc.type.schema.text(text, marks)) : tr.delete(match.from, match.to)
}

export const replaceOne = text => (state, dispatch) => {
  const { matches, current } = finding.getState(state)
  if (!matches[current]) return false
  if (!dispatch) return true
  const tr = put(state.tr, matches[current], text)
  const after = tr.mapping.map(matches[current].to)
  const next = matchesIn(tr.doc, finding.getState(state).text)
  const behind = Math.max(next.findIndex(m => m.from >= after), 0)
  tr.setMeta(finding, { current: behind })
  if (next[behind]) tr.setSelection(TextSelection.create(tr.doc, next[behind].from, next[behind].to))
  dispatch(tr.scrollIntoView())
  return true
}

/** All at once, as one step to undo. */
export const replaceAll = text => (state, dispatch) => {
  const { matches } = finding.getState(state)
  if (!matches.length) return false
  if (!dispatch) return true
  const tr = state.tr
  for (const match of [...matches].reverse()) put(tr, match, text)
  dispatch(tr.scrollIntoView())
  return true
}
