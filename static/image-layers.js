// <image-layers> stands around pictures and the legend of what lies over them. It makes a switch of each layer and class in
// the legend, and paints the masks: pictures whose grey levels are classes, behind the links with data-mask. Of a class that
// has no name, 0 is taken for what is not meant and the others join the legend.
const most = 4096 * 4096 // pixels of a mask

class ImageLayers extends HTMLElement {
  connectedCallback() {
    this.masks = []
    this.seen = new Set()
    for (const entry of this.querySelectorAll('[data-switch]')) this.makeSwitch(entry)
    this.near = new IntersectionObserver(entries => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue
        this.near.unobserve(target)
        this.load(target)
      }
    }, { rootMargin: '300px' })
    for (const link of this.querySelectorAll('a[data-mask]')) this.near.observe(link)
    this.themes = new MutationObserver(this.show)
    this.themes.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    this.dark = matchMedia('(prefers-color-scheme: dark)')
    this.dark.addEventListener('change', this.show)
  }

  disconnectedCallback() {
    this.near.disconnect()
    this.themes.disconnect()
    this.dark.removeEventListener('change', this.show)
  }

  makeSwitch(entry) {
    if (entry.localName === 'button') return
    const button = document.createElement('button')
    for (const { name, value } of entry.attributes) button.setAttribute(name, value)
    button.type = 'button'
    button.ariaPressed = 'true'
    button.append(...entry.childNodes)
    button.addEventListener('click', () => {
      button.ariaPressed = String(button.ariaPressed !== 'true')
      this.show()
    })
    entry.replaceWith(button)
    return button
  }

  // entry is the switch of a class in a layer, undefined where there is none.
  entry(layer, n) {
    return this.querySelector(`[data-switch][data-layer="${layer}"][data-class="${n}"]`)
  }

  addEntry(layer, n) {
    const entry = document.createElement('span')
    entry.className = `c-${(n % 8) + 1}`
    Object.assign(entry.dataset, { switch: '', layer, class: n })
    const dot = document.createElement('i')
    dot.className = 'dot'
    entry.append(dot, `class ${n}`)
    this.querySelector(`[data-switch][data-layer="${layer}"]`).parentElement.append(entry)
    this.makeSwitch(entry)
  }

  async load(link) {
    try {
      const answer = await fetch(link.href)
      const bitmap = await createImageBitmap(await answer.blob(), { colorSpaceConversion: 'none', premultiplyAlpha: 'none' })
      if (bitmap.width * bitmap.height > most) throw new Error('too large')
      const canvas = document.createElement('canvas')
      canvas.width = bitmap.width
      canvas.height = bitmap.height
      canvas.ariaHidden = 'true'
      const pen = canvas.getContext('2d', { willReadFrequently: true })
      pen.drawImage(bitmap, 0, 0)
      const { data } = pen.getImageData(0, 0, canvas.width, canvas.height)
      const classes = new Uint8Array(data.length / 4), present = new Set()
      for (let i = 0, last = -1; i < classes.length; i++) {
        if ((classes[i] = data[4 * i]) !== last) present.add((last = classes[i]))
      }
      const mask = { canvas, pen, classes, present, layer: link.dataset.layer }
      this.masks.push(mask)
      this.meet(mask)
      link.closest('.layered').querySelector('.stack img').after(canvas)
      this.show()
    } catch {
      link.append(' cannot be drawn')
    }
  }

  // meet lists what is in a mask, and of what has a name only what was met in one.
  meet({ layer, present }) {
    for (const n of present) {
      this.seen.add(`${layer} ${n}`)
      if (n && !this.entry(layer, n)) this.addEntry(layer, n)
    }
    for (const entry of this.querySelectorAll(`[data-switch][data-class][data-layer="${layer}"]`)) {
      entry.hidden = !this.seen.has(`${layer} ${entry.dataset.class}`)
    }
  }

  show = () => {
    const off = [...this.querySelectorAll('[data-switch][aria-pressed="false"]')].map(b => b.dataset)
    const hidden = (layer, n) => off.some(o => o.layer === layer && (o.class === undefined || o.class === n))
    for (const box of this.querySelectorAll('g[data-class]')) box.classList.toggle('off', hidden(box.dataset.layer, box.dataset.class))
    for (const mask of this.masks) this.paint(mask, hidden)
  }

  paint({ canvas, pen, layer, classes, present }, hidden) {
    const colours = new Uint32Array(256)
    for (const n of present) {
      const entry = this.entry(layer, n)
      if (entry && !hidden(layer, String(n))) colours[n] = this.colour(getComputedStyle(entry).getPropertyValue('--c'))
    }
    const picture = pen.createImageData(canvas.width, canvas.height)
    const pixels = new Uint32Array(picture.data.buffer)
    for (let i = 0; i < pixels.length; i++) pixels[i] = colours[classes[i]]
    pen.putImageData(picture, 0, 0)
  }

  // colour is a colour of the style sheet as a pixel.
  colour(text) {
    const pen = (this.pot ??= document.createElement('canvas').getContext('2d', { willReadFrequently: true }))
    pen.fillStyle = text
    pen.fillRect(0, 0, 1, 1)
    return new Uint32Array(pen.getImageData(0, 0, 1, 1).data.buffer)[0]
  }
}

customElements.define('image-layers', ImageLayers)
