// In: what comes from outside loses what runs or loads by itself, and nothing else.
import createPurifier from 'dompurify'

const purifier = createPurifier(window)

const PLAYERS = new Set(['iframe', 'video', 'audio', 'source', 'track'])
const SMIL = new Set(['animate', 'animatecolor', 'animatemotion', 'animatetransform', 'set', 'mpath'])
const REMOVED = ['script', 'style', 'link', 'meta', 'base', 'object', 'embed', 'applet', 'portal', 'frame', 'frameset', 'noscript', 'noembed', 'noframes',
  'template', 'foreignobject', 'plaintext', 'xmp', 'listing', 'param', 'handler', 'listener', 'fencedframe', 'discard', 'annotation-xml', 'feimage',
  'selectedcontent', 'title', 'bgsound', 'slot', 'isindex', 'controlledframe', 'webview', 'geolocation', 'permission']
const WITH_ADDRESS = new Set(['href', 'src', 'xlink:href', 'action', 'formaction', 'poster', 'background', 'longdesc', 'cite', 'data', 'lowsrc', 'dynsrc', 'usemap', 'srcset'])
const NEVER = new Set(['srcdoc', 'ping', 'xml:base', 'is', 'http-equiv', 'codebase', 'classid', 'archive', 'manifest', 'attributionsrc', 'slot', 'shadowrootmode',
  'popovertarget', 'popovertargetaction', 'command', 'commandfor', 'nonce', 'integrity', 'formaction', 'autofocus', 'contenteditable', 'imagesrcset', 'lowsrc', 'dynsrc'])
const ADDED = new Set([...REMOVED, '#text', '#comment', 'body', 'html', 'head'])
const SETTINGS = {
  ADD_TAGS: tag => !ADDED.has(tag) && /^[a-z][a-z0-9:_.-]*$/.test(tag), // a tag that browsers do not know does nothing
  FORBID_TAGS: REMOVED,
  FORBID_CONTENTS: ['script', 'style', 'noscript', 'template', 'object', 'applet', 'noembed', 'noframes', 'title'],
  SANITIZE_DOM: false, // names and ids stay; the view shows elements without them
  FORCE_BODY: true,
  KEEP_CONTENT: true,
  RETURN_DOM: true,
}

// As browsers read it: spaces and control characters inside a scheme do not count.
const NOT_READ = /[\u0000-\u0020\u007f-\u00a0\u00ad\u200b-\u200f\u2028\u2029\ufeff]/g
const schemeOf = value => (/^([a-z][a-z0-9+.-]*):/i.exec(value.replace(NOT_READ, '')) || ['', ''])[1].toLowerCase()
const RUNS = new Set(['javascript', 'vbscript', 'livescript', 'mocha', 'blob', 'filesystem', 'view-source'])
const SVG = 'http://www.w3.org/2000/svg'

/** Whether an address may stay at this place. Pictures from elsewhere may: the view asks our scheme for them. */
function mayStay(element, name, value) {
  const tag = element.localName.toLowerCase()
  const scheme = schemeOf(value)
  if (RUNS.has(scheme)) return false
  if (name === 'srcset') return !/(?:java|vb)script:/i.test(value.replace(NOT_READ, ''))
  if (scheme === 'data') return (tag === 'img' || tag === 'image') && /^\s*data:image\/[a-z0-9.+-]+[;,]/i.test(value)
  if (scheme === 'file') return tag === 'img' && name === 'src' // Word's own pictures, fetched by the app
  if (element.namespaceURI === SVG && tag !== 'a' && scheme !== '') return tag === 'image' && ['http', 'https', 'qunfa-media'].includes(scheme)
  if (element.namespaceURI === SVG && tag !== 'a' && tag !== 'image') return value.trim().startsWith('#')
  return !PLAYERS.has(tag) || ['', 'http', 'https'].includes(scheme)
}

// CSS that runs or brings a whole sheet: none of it does in today's engine, but it goes out of this window as well.
const BAD_CSS = /expression\s*\(|-moz-binding|behavior\s*:|javascript\s*:|vbscript\s*:|@import/i
const plainCss = text => text.replace(/\\([0-9a-f]{1,6})\s?/gi, (_, hex) => { const n = parseInt(hex, 16); return n && n < 0x110000 ? String.fromCodePoint(n) : '' }).replace(/\\/g, '').replace(/\/\*.*?\*\//gs, '')

function mayKeep(element, name, value) {
  if (/^on/.test(name) || NEVER.has(name) || !/^[a-z_:@#\u0080-\uffff][\w:.@#\u0080-\uffff-]*$/i.test(name)) return false
  if (SMIL.has(element.localName.toLowerCase()) && /^(?:attributename|values|from|to|by|href|xlink:href)$/.test(name)) {
    const target = (element.getAttribute('attributeName') || '').trim().toLowerCase()
    if (/href|^on|src|^style$/.test(target) || /(?:java|vb)script:|data:/i.test(value.replace(NOT_READ, ''))) return false
  }
  if (name === 'style') return !BAD_CSS.test(plainCss(value))
  return !WITH_ADDRESS.has(name) || mayStay(element, name, value)
}

purifier.addHook('uponSanitizeAttribute', (element, event) => {
  event.keepAttr = event.forceKeepAttr = mayKeep(element, event.attrName, event.attrValue)
})

purifier.addHook('uponSanitizeElement', element => {
  if (element.localName === 'iframe') element.textContent = '' // never read by a browser of today
})

// A control named like a property of its form hides that property from every cleaner; the form would have to go.
const { querySelectorAll, removeAttribute, getAttribute } = Element.prototype
const nameOf = Object.getOwnPropertyDescriptor(Element.prototype, 'localName').get
const PLAIN_FORM = document.createElement('form')
purifier.addHook('beforeSanitizeElements', node => {
  if (node.nodeType !== 1 && !(node instanceof Element)) return
  const tag = nameOf.call(node)
  if (getAttribute.call(node, 'is') !== null) removeAttribute.call(node, 'is')
  if (tag !== 'form') return
  for (const control of querySelectorAll.call(node, '[name],[id]')) {
    for (const name of ['name', 'id']) if (getAttribute.call(control, name) in PLAIN_FORM) removeAttribute.call(control, name)
  }
})

const PASSES = 6

/**
 * The cleaned body, in a document of its own where nothing loads or runs. Cleaned until its text reads as what it
 * is: markup that browsers repair differently each time has one form in the end, and can be saved and opened.
 */
export function clean(html) {
  let body = purifier.sanitize(html, SETTINGS)
  let text = body.innerHTML
  for (let pass = 1; pass < PASSES; pass++) {
    body = purifier.sanitize(text, SETTINGS)
    const again = body.innerHTML
    if (again === text) break
    text = again
  }
  return body
}
