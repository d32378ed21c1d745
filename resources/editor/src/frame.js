// Around the selected picture: its budget ("3.1 MB → 486 KB 已压缩") and a corner to pull.
import { pictureAt, sizePicture } from './commands/pictures.js'
import { pictureUrl } from './shown.js'

export class Frame {
  constructor(view) {
    this.view = view
    this.notes = new Map()
    this.dom = document.createElement('div')
    this.dom.className = 'q-frame'
    this.note = document.createElement('span')
    this.note.className = 'q-note'
    this.corner = document.createElement('i')
    this.corner.className = 'q-corner'
    this.dom.append(this.note, this.corner)
    document.getElementById('paper').append(this.dom)
    this.corner.addEventListener('pointerdown', event => this.pull(event))
    new ResizeObserver(() => this.place()).observe(view.dom)
  }

  setNote(src, text) {
    this.notes.set(src, text)
    this.place()
  }

  place() {
    const found = this.view.state.selection.node ? pictureAt(this.view.state) : null
    const img = found && this.view.nodeDOM(found.pos)
    this.dom.hidden = !img?.getBoundingClientRect
    if (this.dom.hidden) return
    const box = img.getBoundingClientRect(), paper = this.dom.parentElement.getBoundingClientRect()
    Object.assign(this.dom.style, { left: `${box.left - paper.left}px`, top: `${box.top - paper.top}px`, width: `${box.width}px`, height: `${box.height}px` })
    this.note.textContent = this.notes.get(pictureUrl(found.node.attrs.attrs)) || ''
    this.note.hidden = !this.note.textContent
  }

  pull(event) {
    event.preventDefault()
    const found = pictureAt(this.view.state)
    const img = found && this.view.nodeDOM(found.pos)
    if (!img) return
    this.corner.setPointerCapture(event.pointerId)
    const start = img.getBoundingClientRect().width, from = event.clientX
    const whole = img.parentElement.getBoundingClientRect().width || start
    const widthAt = x => Math.round(Math.min(100, Math.max(10, ((start + x - from) / whole) * 100)))
    const move = e => { img.style.width = `${widthAt(e.clientX)}%`; img.style.height = 'auto'; this.place() }
    const up = e => {
      this.corner.removeEventListener('pointermove', move)
      sizePicture(`${widthAt(e.clientX)}%`)(this.view.state, this.view.dispatch)
    }
    this.corner.addEventListener('pointermove', move)
    this.corner.addEventListener('pointerup', up, { once: true })
  }
}
