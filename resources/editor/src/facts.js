// What an article is made of: letters, pictures, reading time, fixed dark text. Counted once per block.
import { raw, rawi } from './schema.js'
import { pictureUrl } from './shown.js'
import { styleValue } from './style.js'

const counted = new WeakMap()
const LETTERS_A_MINUTE = 400
const SECONDS_A_PICTURE = 4

function isDark(color) {
  if (!color) return false
  const probe = document.createElement('i')
  probe.style.color = color
  const parts = probe.style.color.match(/[\d.]+/g)
  if (!parts) return /^(?:black|navy|maroon|darkblue|darkred|darkslategray|indigo|midnightblue)$/.test(probe.style.color)
  const [r, g, b, a = 1] = parts.map(Number)
  return a > 0.3 && 0.2126 * r + 0.7152 * g + 0.0722 * b < 104
}
const dark = new Map()
function darkText(attrs) {
  const color = attrs && (styleValue(attrs, 'color') || attrs.color)
  if (!color) return false
  if (!dark.has(color)) dark.set(color, isDark(color))
  return dark.get(color)
}

const letters = text => { let n = 0; for (const c of text) if (!/\s/u.test(c)) n++; return n }

function facts(node) {
  let known = counted.get(node)
  if (known) return known
  known = { chars: 0, pictures: [], dark: darkText(node.attrs?.attrs) }
  if (node.isText) known.chars = letters(node.text)
  else if (node.type.name === 'image') known.pictures = [pictureUrl(node.attrs.attrs)]
  else if (node.type === raw || node.type === rawi) {
    const text = node.attrs.html.replace(/<[^>]*>/g, '').replace(/&[a-z#0-9]+;/gi, 'x')
    known.chars = letters(text)
  }
  if (node.marks.some(m => darkText(m.attrs.attrs))) known.dark = true
  node.forEach(kid => {
    const inner = facts(kid)
    known.chars += inner.chars
    if (inner.pictures.length) known.pictures = known.pictures.concat(inner.pictures)
    known.dark ||= inner.dark
  })
  counted.set(node, known)
  return known
}

/** {chars, pictures, minutes, addresses, dark} of a document; chars are code points without spaces. */
export function factsOf(doc) {
  const { chars, pictures, dark: hasDark } = facts(doc)
  const minutes = chars || pictures.length ? Math.max(1, Math.round(chars / LETTERS_A_MINUTE + (pictures.length * SECONDS_A_PICTURE) / 60)) : 0
  return { chars, pictures: pictures.length, minutes, addresses: [...new Set(pictures)], dark: hasDark }
}
