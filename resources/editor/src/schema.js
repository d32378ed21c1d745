// A schema for any HTML: it knows blocks, text and atoms, and leaves tags and attributes as they were.
import { Schema } from 'prosemirror-model'
import { shownAttributes, shownTag } from './shown.js'

// The view's elements lead back to the exact attributes, also when the browser copied them while typing.
const keyOf = new WeakMap()
const byKey = new Map()
let lastKey = 0

function keyFor(attrs) {
  let key = keyOf.get(attrs)
  if (!key) {
    key = String(++lastKey)
    keyOf.set(attrs, key)
    byKey.set(key, new WeakRef(attrs))
    if (lastKey % 5000 === 0) for (const [k, ref] of byKey) if (!ref.deref()) byKey.delete(k)
  }
  return key
}

const known = dom => byKey.get(dom.getAttribute('x-key'))?.deref()
const attributes = dom => Object.fromEntries([...dom.attributes].filter(a => !a.name.startsWith('x-')).map(a => [a.name, a.value]))
const element = spec => [shownTag(spec.tag), { ...shownAttributes(spec.tag, spec.attrs), 'x-key': keyFor(spec.attrs), 'x-tag': spec.tag }, 0]
const tagged = (isRight, priority) => ({
  tag: '*',
  priority,
  getAttrs: dom => isRight(dom) && { tag: dom.getAttribute('x-tag') || dom.localName, attrs: known(dom) || attributes(dom) },
})

export const BLOCK = new Set(('section,div,p,h1,h2,h3,h4,h5,h6,blockquote,ul,ol,li,figure,figcaption,table,thead,tbody,tfoot,tr,td,th,caption,pre,article,' +
  'header,footer,details,summary,dl,dt,dd,hr,center,main,aside,nav,address,form,fieldset,legend,dialog,hgroup,menu,dir,listing,xmp,search').split(','))
const BR = 'BR'
let occurrence = 0
/** Two equal spans side by side are two: each occurrence of a mark has its own number. */
export const nextOccurrence = () => ++occurrence

export const schema = new Schema({
  nodes: {
    doc: { content: 'block*' },
    /** A paragraph of ours and everything that holds text directly. First: it is what an empty place is filled with. */
    textbox: {
      content: 'inline*',
      group: 'block',
      attrs: { tag: { default: 'p' }, attrs: { default: {} } },
      parseDOM: [tagged(dom => BLOCK.has(dom.localName) && dom.localName !== 'hr', 50)],
      toDOM: node => {
        const [tag, attrs] = element(node.attrs)
        // A last line break shows no empty line in a browser; the view would add one to put the caret into.
        return [tag, node.lastChild?.type.name === 'br' ? { ...attrs, class: 'q-ends' } : attrs, 0]
      },
    },
    box: {
      content: 'block*',
      group: 'block',
      attrs: { tag: {}, attrs: { default: {} } },
      toDOM: node => element(node.attrs),
    },
    /** A run of text beside blocks; the element exists in the view only. */
    anon: { content: 'inline*', group: 'block', parseDOM: [{ tag: 'x-anon', priority: 80 }], toDOM: () => ['x-anon', 0] },
    raw: { group: 'block', atom: true, attrs: { html: {} }, draggable: true },
    rawi: { group: 'inline', inline: true, atom: true, attrs: { html: {} } },
    image: { group: 'inline', inline: true, atom: true, draggable: true, attrs: { attrs: { default: {} } } },
    br: {
      group: 'inline',
      inline: true,
      selectable: false,
      linebreakReplacement: true,
      attrs: { attrs: { default: {} } },
      parseDOM: [{ tag: 'br', priority: 65 }],
      toDOM: () => ['br'],
    },
    text: { group: 'inline' },
  },
  marks: {
    any: {
      excludes: '',
      attrs: { tag: {}, attrs: { default: {} }, key: { default: 0 } },
      parseDOM: [{
        tag: '*',
        priority: 40,
        getAttrs: dom => dom.nodeName !== BR && {
          tag: dom.getAttribute('x-tag') || dom.localName,
          attrs: known(dom) || attributes(dom),
          key: Number(dom.getAttribute('x-mark')) || nextOccurrence(),
        },
      }],
      toDOM: mark => {
        const [tag, attrs] = element(mark.attrs)
        return [tag, { ...attrs, 'x-mark': mark.attrs.key }, 0]
      },
    },
  },
})

export const { box, textbox, anon, raw, rawi, image, br } = schema.nodes
export const any = schema.marks.any

/** A mark that is its own occurrence. */
export const mark = (tag, attrs = {}) => any.create({ tag, attrs, key: nextOccurrence() })

const PARAGRAPH_STYLE = 'margin: 0 0 8px; font-size: 16px; line-height: 1.75;'
/** A paragraph as this editor makes it: the look does not depend on what WeChat thinks a paragraph is. */
export const paragraph = (content = null, style = PARAGRAPH_STYLE) => textbox.create({ tag: 'p', attrs: { style } }, content)

export const tagOf = node => (node.type === box || node.type === textbox ? node.attrs.tag : '')
