// HTML -> document. Every element becomes a block, a mark or an atom with the tag and attributes that it had.
import { Fragment } from 'prosemirror-model'
import { BLOCK, any, anon, box, br, image, nextOccurrence, raw, rawi, schema, textbox } from './schema.js'

const ATOM = new Set(('svg,math,iframe,video,audio,hr,colgroup,col,qqmusic,input,button,select,textarea,canvas,progress,meter,picture,map,source,track,wbr,area,' +
  'datalist,output').split(','))
const BLOCK_ATOM = new Set(['hr', 'colgroup', 'col'])
const CONTAINER = new Set(['table', 'thead', 'tbody', 'tfoot', 'tr', 'ul', 'ol', 'dl'])
const DEPTH = 200

const isAtom = el => ATOM.has(el.localName) || /[-:]/.test(el.localName)
const hasVisible = text => /[^ \t\r\n\f]/.test(text)
const attributesOf = el => Object.fromEntries([...el.attributes].map(a => [a.name, a.value]))

/** Which elements hold blocks, asked once for each. */
class Reader {
  constructor() {
    this.withBlocks = new WeakMap()
  }

  hasBlock(el) {
    let known = this.withBlocks.get(el)
    if (known === undefined) {
      known = [...el.children].some(kid => BLOCK.has(kid.localName) || (!isAtom(kid) && this.hasBlock(kid)))
      this.withBlocks.set(el, known)
    }
    return known
  }

  isBlock(node) {
    return node.nodeType === 1 && (BLOCK.has(node.localName) || (!isAtom(node) && this.hasBlock(node)))
  }

  /** The blocks for the children of an element that holds at least one block, or of the body. */
  blocks(el, pre, depth) {
    const found = []
    let run = []
    const endRun = () => {
      if (run.every(node => node.nodeType === 1 ? isDecorative(node) : !hasVisible(node.data))) {
        for (const node of run) if (node.nodeType === 1) found.push(raw.create({ html: node.outerHTML }))
      } else {
        const content = this.inline(run, pre)
        if (content.length) found.push(anon.create(null, content))
      }
      run = []
    }
    for (const node of el.childNodes) {
      if (node.nodeType === 8) continue
      if (!this.isBlock(node)) { run.push(node); continue }
      endRun()
      found.push(this.block(node, pre, depth + 1))
    }
    endRun()
    return found
  }

  block(el, pre, depth) {
    const tag = el.localName
    if (BLOCK_ATOM.has(tag) || depth > DEPTH || isDecoration(el)) return raw.create({ html: el.outerHTML })
    const attrs = { tag, attrs: attributesOf(el) }
    const keeps = keepsSpace(el, pre)
    if (this.hasBlock(el)) return box.create(attrs, this.blocks(el, keeps, depth))
    if (CONTAINER.has(tag) && !hasVisible(el.textContent) && !el.querySelector('img,svg')) {
      return el.children.length ? box.create(attrs, this.blocks(el, keeps, depth)) : box.create(attrs)
    }
    return textbox.create(attrs, this.inline(el.childNodes, keeps))
  }

  inline(nodes, pre) {
    const line = new Line(pre)
    for (const node of nodes) this.inlineNode(node, [], line, 0)
    return line.end()
  }

  inlineNode(node, marks, line, depth) {
    if (node.nodeType === 3) { line.text(node.data, marks); return }
    if (node.nodeType !== 1) return
    const tag = node.localName
    if (tag === 'br') { line.leaf(br.create({ attrs: attributesOf(node) }, null, marks), true); return }
    if (tag === 'img') { line.leaf(image.create({ attrs: attributesOf(node) }, null, marks)); return }
    if (isAtom(node) || isDecorative(node) || depth > DEPTH) { line.leaf(rawi.create({ html: node.outerHTML }, null, marks)); return }
    const inner = any.create({ tag, attrs: attributesOf(node), key: nextOccurrence() }).addToSet(marks)
    const outer = line.pre
    line.pre = keepsSpace(node, outer)
    for (const kid of node.childNodes) this.inlineNode(kid, inner, line, depth + 1)
    line.pre = outer
  }
}

/** One run of inline content; spaces that a browser would not show are left out. */
class Line {
  constructor(pre) {
    this.pre = pre
    this.nodes = []
    this.atSpace = true
  }

  text(data, marks) {
    const text = this.pre ? data.replace(/\r\n?/g, '\n') : data.replace(/[ \t\r\n\f]+/g, ' ').replace(/^ /, this.atSpace ? '' : ' ')
    if (!text) return
    this.atSpace = !this.pre && text.endsWith(' ')
    this.nodes.push(schema.text(text, marks))
  }

  leaf(node, breaks = false) {
    if (breaks) this.trim()
    this.nodes.push(node)
    this.atSpace = breaks
  }

  trim() {
    const last = this.nodes[this.nodes.length - 1]
    if (!last?.isText || this.pre || !last.text.endsWith(' ')) return
    this.nodes.pop()
    if (last.text.length > 1) this.nodes.push(last.cut(0, last.text.length - 1))
  }

  end() {
    this.trim()
    return Fragment.fromArray(joined(this.nodes)).content
  }
}

function joined(nodes) {
  const found = []
  for (const node of nodes) {
    const last = found[found.length - 1]
    if (last?.isText && node.isText && last.sameMarkup(node)) found[found.length - 1] = last.withText(last.text + node.text)
    else found.push(node)
  }
  return found
}

/** An inline element that shows no text and no picture, such as a hidden or drawn prefix. */
function isDecorative(el) {
  return !hasVisible(el.textContent) && !/^(?:br|img|svg)$/.test(el.localName) && !isAtom(el) && !el.querySelector('img,br,svg,video,audio,iframe')
}

function keepsSpace(el, pre) {
  const set = el.style?.whiteSpace
  if (set) return /^(?:pre|break-spaces)/.test(set)
  return el.localName === 'pre' || el.localName === 'textarea' || pre
}

/** An empty element that only draws something: a bar, a dot, a triangle. */
function isDecoration(el) {
  return !el.children.length && !hasVisible(el.textContent) && /height|width|border|background|padding/.test(el.getAttribute('style') || '') && /^(?:section|div|span|figure)$/.test(el.localName)
}

/** The blocks of a cleaned body. */
export function read(body) {
  return new Reader().blocks(body, false, 0)
}

/** The same as one line when there is nothing but text in it, else null. */
export function readInline(body) {
  const reader = new Reader()
  return reader.hasBlock(body) ? null : reader.inline(body.childNodes, false)
}
