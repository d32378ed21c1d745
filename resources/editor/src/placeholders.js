// A dropped picture holds its place at once, while the app takes it in. Nothing of it is in the document yet.
import { Plugin, PluginKey } from 'prosemirror-state'
import { Decoration, DecorationSet } from 'prosemirror-view'
import { word } from './atoms.js'

export const holding = new PluginKey('places')

export const placePlugin = () => new Plugin({
  key: holding,
  state: {
    init: () => DecorationSet.empty,
    apply(tr, places) {
      let now = places.map(tr.mapping, tr.doc)
      const asked = tr.getMeta(holding)
      if (asked?.add) now = now.add(tr.doc, [Decoration.widget(asked.add.pos, card, { token: asked.add.token, side: 1 })])
      if (asked?.remove) now = now.remove(now.find(null, null, spec => spec.token === asked.remove))
      return now
    },
  },
  props: { decorations: state => holding.getState(state) },
})

function card() {
  const dom = document.createElement('span')
  dom.className = 'q-arriving'
  dom.textContent = word('picture.arriving')
  return dom
}

/** Where the picture with this token goes, null when its place was deleted. */
export const placeOf = (state, token) => holding.getState(state).find(null, null, spec => spec.token === token)[0]?.from ?? null
