// <metric-chart src="URL">…table…</metric-chart> draws one metric's curve from JSON:
//
//   {"key":"acc","x":[0,1],"y":[0.1,0.2],"lo":[…],"hi":[…],"odd":[{"x":12,"to":19,"value":"NaN"}],"live":true}
//
// lo and hi are the band of what each point stands for, and may be missing; null is a gap; odd values, from x on and
// up to "to" if that is there, are ticks on the axis. Drag zooms, a double click goes back, arrow keys move the cursor, all charts of a page share it. While live
// and in sight it asks again every five seconds. Its colour is --c, read anew when the theme turns.
import { metric, tick } from './metric-words.js'

const height = 180
const again = 5000
const uPlotLoaded = () => import('./vendor/uplot.js').then(module => module.default)

// stepRange puts a single step in the middle; uPlot alone would make the axis run to 100.
function stepRange(steps, min, max) {
  if (steps.length === 1) return [steps[0] - 1, steps[0] + 1]
  return min == null ? [0, 1] : min === max ? [min - 1, max + 1] : [min, max]
}

class MetricChart extends HTMLElement {
  data = { x: [], y: [] }

  connectedCallback() {
    this.build()
    this.dark = matchMedia('(prefers-color-scheme: dark)')
    this.dark.addEventListener('change', this.repaint)
    document.addEventListener('themechange', this.repaint)
    document.addEventListener('visibilitychange', this.wake)
    this.size = new ResizeObserver(() => this.plot?.setSize({ width: this.area.clientWidth, height }))
    this.size.observe(this.area)
    this.sight = new IntersectionObserver(([entry]) => {
      this.inSight = entry.isIntersecting
      this.wake()
    }, { rootMargin: '200px' })
    this.sight.observe(this)
  }

  disconnectedCallback() {
    clearTimeout(this.timer)
    this.asking?.abort()
    this.size?.disconnect()
    this.sight?.disconnect()
    this.dark?.removeEventListener('change', this.repaint)
    document.removeEventListener('themechange', this.repaint)
    document.removeEventListener('visibilitychange', this.wake)
    this.plot?.destroy()
    this.plot = null
    this.answered = this.drawn = false
    this.frame?.remove()
    this.tools?.removeEventListener('click', this.useTool)
    if (this.tools) this.tools.hidden = true
    this.state?.remove()
    if (this.twin) this.twin.hidden = false
  }

  // build puts the frame in place at its final size, so that nothing moves when numbers arrive.
  build() {
    this.twin = this.querySelector('table')
    if (this.twin) this.twin.hidden = true
    this.area = element('div', 'chart-area', { tabIndex: 0 })
    this.area.setAttribute('role', 'img')
    this.area.setAttribute('aria-label', this.getAttribute('aria-label') ?? 'Curve')
    this.area.addEventListener('keydown', this.step)
    this.area.addEventListener('pointerleave', () => this.readout.hidden = true)
    this.area.addEventListener('blur', () => this.readout.hidden = true)
    this.readout = element('div', 'readout', { hidden: true })
    this.words = element('p', 'chart-words', { hidden: true })
    this.frame = element('div', 'chart-frame')
    this.frame.append(this.area, this.readout, this.words)
    this.prepend(this.frame)

    const caption = this.closest('figure')?.querySelector('figcaption')
    this.state = element('span', 'chart-state faint clip')
    caption?.querySelector('.clip')?.after(this.state)
    this.tools = caption?.querySelector('.tools')
    this.tools?.addEventListener('click', this.useTool)
    if (this.tools) this.tools.hidden = false
  }

  useTool = event => {
    const button = event.target.closest('button')
    const on = { table: this.toggleTable, wide: this.toggleWide }[button?.dataset.tool]?.()
    button?.setAttribute('aria-pressed', String(on))
  }

  toggleTable = () => {
    const show = !this.frame.hidden
    if (show && !this.twin) this.twin = this.appendChild(element('table', 'table grid-table'))
    if (show) this.fillTable()
    this.frame.hidden = show
    this.twin.hidden = !show
    return show
  }

  toggleWide = () => this.closest('figure')?.classList.toggle('wide') ?? false

  wake = () => {
    clearTimeout(this.timer)
    if (!this.inSight || document.hidden) return
    if (!this.answered || this.data.live || this.failed) this.ask()
  }

  async ask() {
    this.asking?.abort()
    this.asking = new AbortController()
    try {
      const asked = fetch(this.getAttribute('src'), { signal: this.asking.signal, headers: { Accept: 'application/json' } })
      const uPlot = await uPlotLoaded()
      if (!this.plot && this.isConnected) this.plot = new uPlot(this.options(uPlot, false), [[], []], this.area)
      const answer = await asked
      if (!answer.ok) throw new Error(`answered ${answer.status}`)
      this.data = { x: [], y: [], ...await answer.json() }
      this.answered = true
      this.failed = false
      if (!this.isConnected) return
      this.draw(uPlot)
      if (this.data.live) this.timer = setTimeout(this.wake, again)
    } catch (error) {
      if (error.name === 'AbortError' || !this.isConnected) return
      this.failed = true
      this.say('The curve did not load.', 'Try again')
      this.timer = setTimeout(this.wake, 4 * again)
    }
  }

  // say puts words where the curve would be; an earlier curve stays and the words stand in the caption instead.
  say(words, action) {
    const place = this.drawn ? this.state : this.words
    place.title = ''
    place.hidden = false
    place.replaceChildren(element('span', '', { textContent: words }))
    if (!action) return
    const button = element('button', 'sub', { type: 'button', textContent: action })
    button.addEventListener('click', () => this.ask())
    place.append(' ', button)
  }

  draw(uPlot) {
    const { x, y, lo, hi } = this.data
    this.drawn = x.length > 0
    const columns = lo && hi ? [x, y, hi, lo] : [x, y]
    if (this.plot && this.plot.series.length !== columns.length) {
      this.plot.destroy()
      this.plot = null
    }
    if (!this.plot) this.plot = new uPlot(this.options(uPlot, columns.length > 2), columns, this.area)
    else this.refresh(columns)
    this.words.hidden = this.drawn
    this.state.textContent = this.state.title = this.counted()
    if (!this.drawn) this.say(this.data.odd?.length ? 'No value that can be drawn.' : 'No values yet.')
    this.area.setAttribute('aria-label', this.described())
    if (this.frame.hidden) this.fillTable()
  }

  // refresh keeps the part someone has zoomed to.
  refresh(columns) {
    const { min, max } = this.plot.scales.x
    this.plot.setData(columns, !this.zoomed)
    if (this.zoomed) this.plot.setScale('x', { min, max })
  }

  options(uPlot, band) {
    const style = getComputedStyle(this)
    const colour = name => style.getPropertyValue(name).trim()
    const line = () => colour('--c') || colour('--ink-2')
    const font = `12px ${style.fontFamily}`
    const marks = (_, values) => this.drawn ? values.map(tick) : values.map(() => '')
    const axis = { font, values: marks, stroke: () => colour('--ink-3'), ticks: { show: false } }
    const edge = { stroke: 'transparent', width: 0, points: { show: false } }
    const points = { show: true, size: 5, filter: alone, stroke: line, fill: line, width: 0 }
    const series = [{}, { stroke: line, width: 2, points }]
    if (band) series.push(edge, { ...edge })
    return {
      width: this.area.clientWidth || 320,
      height,
      padding: [8, 12, 0, 0],
      legend: { show: false },
      scales: {
        x: { time: false, range: (plot, min, max) => stepRange(plot.data[0], min, max) },
        y: { range: (_, min, max) => min == null ? [0, 1] : uPlot.rangeNum(min, max, 0.1, true) },
      },
      series,
      bands: band ? [{ series: [2, 3], fill: () => faded(line()) }] : [],
      axes: [
        { ...axis, size: 24, gap: 6, grid: { show: false }, space: 56 },
        {
          ...axis, gap: 8, space: 30, size: widest,
          grid: { stroke: () => colour('--hairline'), width: 1 },
        },
      ],
      cursor: {
        y: false,
        drag: { x: true, y: false },
        sync: { key: 'metrics' },
        points: { one: true, size: 7, width: 1.5, fill: line, stroke: () => colour('--surface'), show: dot },
        dataIdx: (plot, series, index, x) => series > 1 || x > this.data.x.at(-1) ? null : index,
      },
      hooks: {
        setCursor: [plot => this.read(plot)],
        setSelect: [plot => { if (plot.select.width > 0) this.zoomed = true }],
        ready: [plot => plot.over.addEventListener('dblclick', () => { this.zoomed = false })],
        drawAxes: [plot => this.drawBase(plot, colour('--hairline-strong'))],
        draw: [plot => this.drawOdd(plot, colour('--warning'))],
      },
    }
  }

  drawBase({ ctx, bbox }, colour) {
    ctx.fillStyle = colour
    ctx.fillRect(bbox.left, bbox.top + bbox.height, bbox.width, Math.max(1, Math.round(devicePixelRatio)))
  }

  // drawOdd marks on the axis where a value was logged that no line can show.
  drawOdd(plot, colour) {
    const { ctx, bbox, scales } = plot
    ctx.fillStyle = colour
    for (const { x, to = x } of this.data.odd ?? []) {
      if (to < scales.x.min || x > scales.x.max) continue
      const left = plot.valToPos(Math.max(x, scales.x.min), 'x', true)
      const right = plot.valToPos(Math.min(to, scales.x.max), 'x', true)
      ctx.fillRect(left - devicePixelRatio, bbox.top + bbox.height - 6 * devicePixelRatio, right - left + 2 * devicePixelRatio, 6 * devicePixelRatio)
    }
  }

  // read fills the readout of the chart under the pointer or with the focus, on the side the cursor is not.
  read(plot) {
    const { idx, left } = plot.cursor
    const mine = this.area.matches(':hover, :focus')
    this.readout.hidden = !mine || idx == null || left < 0
    if (this.readout.hidden) return
    const { x, y, lo, hi } = this.data
    const rows = [['value', y[idx] == null ? 'None' : metric(y[idx])]]
    if (lo && hi && lo[idx] != null && lo[idx] !== hi[idx]) rows.push(['max', metric(hi[idx])], ['min', metric(lo[idx])])
    const odd = this.data.odd?.find(o => plot.valToPos(o.x, 'x') - left < 4 && left - plot.valToPos(o.to ?? o.x, 'x') < 4)
    if (odd) rows.push([steps(odd), word(odd.value)])
    this.readout.replaceChildren(
      element('p', '', { textContent: `Step ${metric(x[idx])}` }),
      ...rows.map(([name, value], i) => {
        const row = element('div')
        row.append(element('i', i === 0 ? 'swatch' : ''), element('span', '', { textContent: name }), element('b', '', { textContent: value }))
        return row
      }),
    )
    const offset = plot.over.offsetLeft
    const right = left > plot.over.clientWidth / 2
    this.readout.style.left = right ? '' : `${offset + left + 12}px`
    this.readout.style.right = right ? `${this.area.clientWidth - offset - left + 12}px` : ''
  }

  step = event => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (!by || !this.plot || !this.drawn) return
    event.preventDefault()
    const { x } = this.data
    const at = Math.min(x.length - 1, Math.max(0, (this.plot.cursor.idx ?? (by > 0 ? -1 : x.length)) + by))
    this.plot.setCursor({ left: this.plot.valToPos(x[at], 'x'), top: 0 })
  }

  counted() {
    const places = {}
    for (const odd of this.data.odd ?? []) (places[odd.value] ??= []).push(odd)
    return Object.entries(places).map(([value, at]) => `${word(value)} ${at.length === 1 ? steps(at[0]) : `in ${at.length} places`}`).join(', ')
  }

  described() {
    const { key, x, y } = this.data
    if (!x.length) return `${key}: no values yet`
    const last = y.findLast(v => v != null)
    return `${key} from step ${metric(x[0])} to ${metric(x.at(-1))}, last ${last == null ? 'none' : metric(last)}`
  }

  // fillTable writes the table when the server gave none; its own is left alone.
  fillTable() {
    if (!this.answered || (this.twin.tHead && !this.filled)) return
    this.filled = true
    const { x, y, lo, hi } = this.data
    const band = lo && hi
    const head = element('tr')
    for (const name of band ? ['Step', 'Value', 'Min', 'Max'] : ['Step', 'Value']) head.append(element('th', 'num', { scope: 'col', textContent: name }))
    this.twin.replaceChildren(element('thead'), element('tbody'))
    this.twin.tHead.append(head)
    this.twin.tBodies[0].append(...x.map((at, i) => {
      const row = element('tr')
      for (const value of band ? [at, y[i], lo[i], hi[i]] : [at, y[i]]) row.append(element('td', 'num', { textContent: value == null ? 'None' : metric(value) }))
      return row
    }))
  }

  repaint = () => this.plot?.redraw(false)
}

function element(tag, className = '', properties = {}) {
  return Object.assign(document.createElement(tag), { className }, properties)
}

// alone picks the points that have no neighbour to draw a line to.
function alone(plot, series, _, gaps) {
  const values = plot.data[series]
  const found = []
  values.forEach((v, i) => {
    if (v != null && values[i - 1] == null && values[i + 1] == null) found.push(i)
  })
  return found
}

// dot draws the cursor's dot on the line only, not on the edges of the band.
function dot(plot, series) {
  return series === 1 ? element('div') : false
}

// steps says where a stretch of odd values is.
function steps({ x, to = x }) {
  return x === to ? `at ${metric(x)}` : `at ${metric(x)} to ${metric(to)}`
}

function word(odd) {
  return odd.replace('-', '\u2212').replace('Infinity', '∞')
}

function widest(_, marks) {
  return marks ? Math.max(36, ...marks.map(mark => mark.length * 7 + 12)) : 36
}

function faded(colour) {
  return /^#[0-9a-f]{6}$/i.test(colour) ? `${colour}26` : colour
}

customElements.define('metric-chart', MetricChart)
