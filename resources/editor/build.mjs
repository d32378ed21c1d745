// Bundles the page into dist/: one script, one style sheet, one document. Nothing is loaded from elsewhere.
import { build } from 'esbuild'
import { copyFile, mkdir } from 'node:fs/promises'

await mkdir('dist', { recursive: true })
await build({
  entryPoints: ['src/main.js'],
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'chrome130',
  charset: 'utf8',
  legalComments: 'linked',
  outfile: 'dist/editor.js',
})
await copyFile('src/index.html', 'dist/index.html')
await copyFile('src/editor.css', 'dist/editor.css')
