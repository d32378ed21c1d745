// Document -> HTML, exactly as it was read. What did not change is not written again: nodes never change.
import { anon, br, box, image, raw, rawi } from './schema.js'

const VOID = new Set('area,base,br,col,embed,hr,img,input,link,meta,param,source,track,wbr'.split(','))
const KEEPS_FIRST_LINE = new Set(['pre', 'textarea', 'listing'])
const written = new WeakMap()

const inText = text => text.replace(/&/g, '&amp;').replace(/\u00a0/g, '&nbsp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
const inAttribute = text => text.replace(/&/g, '&amp;').replace(/\u00a0/g, '&nbsp;').replace(/"/g, '&quot;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

function opening(tag, attrs) {
  let text = '<' + tag
  for (const name in attrs) text += ` ${name}="${inAttribute(attrs[name])}"`
  return text + '>'
}

const element = (tag, attrs, inner) =>
  opening(tag, attrs) + (VOID.has(tag) ? '' : (KEEPS_FIRST_LINE.has(tag) && inner.startsWith('\n') ? '\n' : '') + inner + `</${tag}>`)

function leaf(node) {
  if (node.isText) return inText(node.text)
  if (node.type === rawi) return node.attrs.html
  return opening(node.type === br ? 'br' : 'img', node.attrs.attrs)
}

/** Inline content: marks open and close around their runs, the first mark outermost. */
function inline(parent) {
  let text = ''
  let open = []
  parent.forEach(node => {
    let same = 0
    while (same < open.length && same < node.marks.length && open[same].eq(node.marks[same])) same++
    while (open.length > same) text += `</${open.pop().attrs.tag}>`
    for (const mark of node.marks.slice(same)) {
      text += opening(mark.attrs.tag, mark.attrs.attrs)
      open.push(mark)
    }
    text += leaf(node)
  })
  while (open.length) text += `</${open.pop().attrs.tag}>`
  return text
}

function block(node) {
  let text = written.get(node)
  if (text === undefined) {
    if (node.type === raw) text = node.attrs.html
    else if (node.type === anon) text = inline(node)
    else text = element(node.attrs.tag, node.attrs.attrs, node.type === box ? write(node) : inline(node))
    written.set(node, text)
  }
  return text
}

/** The HTML of the blocks in a node or fragment; two runs of text beside each other stay two lines. */
export function write(parent) {
  let text = ''
  let last = null
  parent.forEach(node => {
    if (last?.type === anon && node.type === anon) text += '<br>'
    text += block(node)
    last = node
  })
  return text
}

/** The HTML of inline content. */
export const writeInline = inline

export const isPicture = node => node.type === image
