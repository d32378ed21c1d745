// The text of a style attribute as a list of declarations: order, unknown properties and duplicates stay.

/** "a:b;c:d" -> [["a","b"],["c","d"]]; semicolons inside quotes and brackets do not count. */
export function declarations(text) {
  const found = []
  let part = '', quote = '', depth = 0
  const end = () => {
    const colon = part.indexOf(':')
    if (colon > 0) found.push([part.slice(0, colon).trim().toLowerCase(), part.slice(colon + 1).trim()])
    part = ''
  }
  for (let i = 0; i < (text || '').length; i++) {
    const c = text[i]
    if (c === '\\') { part += c + (text[++i] ?? ''); continue }
    if (quote) { if (c === quote) quote = '' } else if (c === '"' || c === "'") quote = c
    else if (c === '(') depth++
    else if (c === ')') depth = Math.max(0, depth - 1)
    else if (c === ';' && !depth) { end(); continue }
    part += c
  }
  end()
  return found
}

export const styleText = list => list.map(([name, value]) => `${name}: ${value};`).join(' ')

/** The value that counts for a property, '' without one. */
export function styleValue(attrs, name) {
  const values = declarations(attrs.style).filter(([n]) => n === name)
  return values.length ? values[values.length - 1][1].replace(/\s*!important$/i, '') : ''
}

/** The attributes with some properties set, or taken away where the value is null. Untouched text stays as it is. */
export function withStyle(attrs, changes) {
  const names = Object.keys(changes)
  const old = declarations(attrs.style)
  const kept = old.filter(([name]) => !names.includes(name))
  const added = names.filter(name => changes[name] != null && changes[name] !== '').map(name => [name, changes[name]])
  if (kept.length === old.length && !added.length) return attrs
  const { style: _, ...rest } = attrs
  const list = [...kept, ...added]
  return list.length ? { ...rest, style: styleText(list) } : rest
}
