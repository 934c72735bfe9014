// MetricDrawing is the part of a metric-chart that draws, knowing nothing of where numbers come from: data is what there is of
// them, answered says that they came, and look how to draw.
import { across, smoothed } from './curves.js'
import { duration, metric, tick } from './metric-words.js'

const height = 180
const moments = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 604800] // seconds
const uPlotLoaded = () => import('./vendor/uplot.js').then(module => module.default)

export class MetricDrawing extends HTMLElement {
  data = { x: [], y: [] }

  connectedCallback() {
    this.build()
    this.dark = matchMedia('(prefers-color-scheme: dark)')
    this.dark.addEventListener('change', this.repaint)
    document.addEventListener('themechange', this.repaint)
    this.size = new ResizeObserver(() => this.plot?.setSize({ width: this.area.clientWidth, height }))
    this.size.observe(this.area)
  }

  disconnectedCallback() {
    this.size?.disconnect()
    this.dark?.removeEventListener('change', this.repaint)
    document.removeEventListener('themechange', this.repaint)
    this.clear()
    this.answered = this.drawn = false
    this.frame?.remove()
    this.tools?.removeEventListener('click', this.useTool)
    if (this.tools) this.tools.hidden = true
    this.state?.remove()
    if (this.twin) this.twin.hidden = false
  }

  // build puts the frame in place at its final size, so that nothing moves when numbers arrive.
  build() {
    const { mark, markName } = this.closest('[data-mark]')?.dataset ?? {}
    this.mark = mark && { step: Number(mark), name: markName }
    this.twin = this.querySelector('table')
    if (this.twin) this.twin.hidden = true
    this.area = element('div', 'chart-area', { tabIndex: 0 })
    this.area.setAttribute('role', 'img')
    this.area.setAttribute('aria-label', this.getAttribute('aria-label') ?? 'Curve')
    this.area.addEventListener('keydown', this.step)
    this.area.addEventListener('pointerdown', () => this.held = true)
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

  // look is how the tools around say to draw.
  get look() { return this.closest('chart-tools')?.dataset ?? {} }

  // over names the metric that it is drawn over.
  get over() { return this.look.x ? '' : this.dataset.over ?? '' }

  // timed says that x is no step but the time itself.
  get timed() { return this.look.news === 'system' }

  // prepare shows the axes, before there are numbers.
  async prepare() {
    this.uPlot = await uPlotLoaded()
    if (!this.plot && this.isConnected) this.plot = new this.uPlot(this.options(), this.columns(), this.area)
  }

  clear() {
    this.plot?.destroy()
    this.plot = null
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

  // columns are what is drawn: the line, the edges of its band, and where the line is smoothed what it was before.
  columns() {
    const { x, t } = this.data
    const placed = t?.length === x.length && x.length > 0
    this.across = placed && this.over
    this.points = this.across ? across(t, this.data) : this.data
    this.at = this.across ? this.points.at : placed ? t : x
    const { y, lo, hi } = this.points
    const log = this.look.log !== undefined
    const shown = values => log ? values.map(v => v > 0 ? v : null) : values
    const smooth = Number(this.look.smooth ?? 0)
    const raw = shown(y)
    const none = y.map(() => null)
    return [this.at, smooth > 0 ? smoothed(raw, smooth) : raw, hi ? shown(hi) : none, lo ? shown(lo) : none, smooth > 0 ? raw : none]
  }

  draw() {
    const columns = this.columns()
    this.drawn = this.at.length > 0
    if (this.held) {
      this.stale = true
      return
    }
    if (!this.plot) this.plot = new this.uPlot(this.options(), columns, this.area)
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

  options() {
    const { uPlot } = this
    const { log, x: axisOf } = this.look
    const logged = log !== undefined
    const style = getComputedStyle(this)
    const colour = name => style.getPropertyValue(name).trim()
    const line = () => colour('--c') || colour('--ink-2')
    const font = `12px ${style.fontFamily}`
    const marks = (_, values) => values.map(v => this.drawn && v != null ? tick(v) : '')
    const axis = { font, values: marks, stroke: () => colour('--ink-3'), ticks: { show: false } }
    const edge = { stroke: 'transparent', width: 0, points: { show: false } }
    const points = { show: true, size: 5, filter: alone, stroke: line, fill: line, width: 0 }
    const raw = { stroke: () => faded(line(), '59'), width: 1, points: { show: false } }
    return {
      width: this.area.clientWidth || 320,
      height,
      padding: [this.mark ? 20 : 8, 12, 0, 0],
      legend: { show: false },
      scales: {
        x: { time: axisOf === 'wall', range: (plot, min, max) => this.toMark(stepRange(plot.data[0], min, max)) },
        y: {
          distr: logged ? 3 : 1,
          range: (_, min, max) => min == null ? (logged ? [1, 10] : [0, 1]) : logged ? uPlot.rangeLog(min, max, 10, true) : uPlot.rangeNum(min, max, 0.1, true),
        },
      },
      series: [{}, { stroke: line, width: 2, points }, edge, { ...edge }, raw],
      bands: [{ series: [2, 3], fill: () => faded(line()) }],
      axes: [
        { ...xMarks(axisOf, axis, this), ...this.over && named(this, font), size: 24, gap: 6, grid: { show: false }, space: axisOf === 'wall' ? 72 : 56 },
        {
          ...axis, gap: 8, space: 30, size: widest,
          grid: { stroke: () => colour('--hairline'), width: 1 },
        },
      ],
      cursor: {
        y: false,
        drag: { x: true, y: false },
        sync: { key: `metrics ${this.over}` },
        points: { one: true, size: 7, width: 1.5, fill: line, stroke: () => colour('--surface'), show: dot },
        dataIdx: (plot, series, index, x) => series > 1 || x > this.at.at(-1) ? null : index,
      },
      hooks: {
        setCursor: [plot => this.read(plot)],
        setSelect: [plot => { if (plot.select.width > 0) this.zoomed = true }],
        ready: [plot => plot.over.addEventListener('dblclick', () => { this.zoomed = false })],
        drawAxes: [plot => this.drawBase(plot, colour('--hairline-strong'))],
        draw: [plot => this.drawOdd(plot, colour('--warning')), plot => this.drawMark(plot, colour('--ink-2'))],
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
    if (this.at !== this.data.x) return
    for (const { x, to = x } of this.data.odd ?? []) {
      if (to < scales.x.min || x > scales.x.max) continue
      const left = plot.valToPos(Math.max(x, scales.x.min), 'x', true)
      const right = plot.valToPos(Math.min(to, scales.x.max), 'x', true)
      ctx.fillRect(left - devicePixelRatio, bbox.top + bbox.height - 6 * devicePixelRatio, right - left + 2 * devicePixelRatio, 6 * devicePixelRatio)
    }
  }

  // marked is the step of the mark, where the axis shows steps and runs that far.
  marked(min, max) {
    return this.mark && this.drawn && this.at === this.data.x && this.mark.step >= min && this.mark.step <= max ? this.mark.step : null
  }

  // toMark makes the axis run on to the mark where that comes after the last value.
  toMark([min, max]) {
    return [min, max < this.data.x.at(-1) ? max : this.marked(max, Infinity) ?? max]
  }

  drawMark(plot, colour) {
    const { ctx, bbox, scales } = plot
    const step = this.marked(scales.x.min, scales.x.max)
    if (step === null) return
    const x = Math.round(plot.valToPos(step, 'x', true))
    ctx.save()
    ctx.fillStyle = colour
    ctx.fillRect(x, bbox.top, Math.max(1, Math.round(devicePixelRatio)), bbox.height)
    ctx.font = `600 ${12 * devicePixelRatio}px ${getComputedStyle(this).fontFamily}`
    ctx.textBaseline = 'bottom'
    ctx.textAlign = 'left'
    const width = ctx.measureText(this.mark.name).width
    ctx.fillText(this.mark.name, Math.max(bbox.left, Math.min(x - width / 2, bbox.left + bbox.width - width)), bbox.top - 3 * devicePixelRatio)
    ctx.restore()
  }

  // read fills the readout of the chart under the pointer or with the focus, on the side the cursor is not.
  read(plot) {
    const { idx, left } = plot.cursor
    const mine = this.area.matches(':hover, :focus')
    this.readout.hidden = !mine || idx == null || left < 0
    if (this.readout.hidden) return
    const { x, y, lo, hi } = this.points
    const rows = [['value', y[idx] == null ? 'None' : metric(y[idx])]]
    const smooth = plot.data[1][idx]
    if (smooth != null && smooth !== y[idx]) rows.unshift(['smooth', metric(smooth)])
    if (lo && hi && lo[idx] != null && lo[idx] !== hi[idx]) rows.push(['max', metric(hi[idx])], ['min', metric(lo[idx])])
    const odd = this.at === x && this.data.odd?.find(o => plot.valToPos(o.x, 'x') - left < 4 && left - plot.valToPos(o.to ?? o.x, 'x') < 4)
    if (odd) rows.push([steps(odd), word(odd.value)])
    this.readout.replaceChildren(
      element('p', '', { textContent: this.place(idx) }),
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
    const { at: x } = this
    const at = Math.min(x.length - 1, Math.max(0, (this.plot.cursor.idx ?? (by > 0 ? -1 : x.length)) + by))
    this.plot.setCursor({ left: this.plot.valToPos(x[at], 'x'), top: 0 })
  }

  // place says where a point is.
  place(idx) {
    const { x } = this.points
    if (this.timed) return duration(x[idx])
    return this.across ? `${this.across} ${metric(this.at[idx])}, step ${metric(x[idx])}` : `Step ${metric(x[idx])}${this.when(idx)}`
  }

  // when is the time of a point, after its step.
  when(idx) {
    if (this.at === this.data.x) return ''
    return this.axis === 'wall' ? `, ${new Date(this.at[idx] * 1000).toLocaleTimeString()}` : `, ${duration(this.at[idx])}`
  }

  counted() {
    const places = {}
    for (const odd of this.data.odd ?? []) (places[odd.value] ??= []).push(odd)
    return Object.entries(places).map(([value, at]) => `${word(value)} ${at.length === 1 ? steps(at[0]) : `in ${at.length} places`}`).join(', ')
  }

  described() {
    const { key } = this.data
    const { x, y } = this.points
    if (!x.length) return `${key}: no values yet`
    const last = y.findLast(v => v != null)
    const [first, end] = this.timed ? [duration(x[0]), duration(x.at(-1))] : this.across ? [`${this.across} ${metric(this.at[0])}`, metric(this.at.at(-1))] : [`step ${metric(x[0])}`, metric(x.at(-1))]
    const mark = this.marked(x[0], Infinity)
    return `${key} from ${first} to ${end}, last ${last == null ? 'none' : metric(last)}${mark === null ? '' : `; ${this.mark.name} at step ${metric(mark)}`}`
  }

  // fillTable writes the table when the server gave none; its own is left alone.
  fillTable() {
    if (!this.answered || (this.twin.tHead && !this.filled)) return
    this.filled = true
    const { x, y, lo, hi } = this.points
    const band = lo && hi
    const head = element('tr')
    for (const name of [...this.across ? [this.across] : [], this.timed ? 'Run time' : 'Step', 'Value', ...band ? ['Min', 'Max'] : []]) head.append(element('th', 'num', { scope: 'col', textContent: name }))
    this.twin.replaceChildren(element('thead'), element('tbody'))
    this.twin.tHead.append(head)
    this.twin.tBodies[0].append(...x.map((at, i) => {
      const row = element('tr')
      const cells = [y[i], ...band ? [lo[i], hi[i]] : []].map(value => value == null ? 'None' : metric(value))
      for (const text of [...this.across ? [metric(this.at[i])] : [], this.timed ? duration(at) : metric(at), ...cells]) row.append(element('td', 'num', { textContent: text }))
      return row
    }))
  }

  repaint = () => this.plot?.redraw(false)
}

// stepRange puts a single step in the middle; uPlot alone would make the axis run to 100.
function stepRange(steps, min, max) {
  if (steps.length === 1) return [steps[0] - 1, steps[0] + 1]
  return min == null ? [0, 1] : min === max ? [min - 1, max + 1] : [min, max]
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

function faded(colour, alpha = '26') {
  return /^#[0-9a-f]{6}$/i.test(colour) ? `${colour}${alpha}` : colour
}

// xMarks is the axis with the marks of what it shows; those of the day are uPlot's own.
function xMarks(of, { values, ...axis }, chart) {
  if (of === 'wall') return axis
  if (of !== 'runtime') return { ...axis, values }
  return { ...axis, values: (_, seconds) => seconds.map(s => chart.drawn ? duration(s) : ''), incrs: moments }
}

// named writes the name of the metric that a chart is drawn over below its axis.
function named(chart, font) {
  const longest = 40
  const name = () => chart.across && (chart.across.length > longest ? `${chart.across.slice(0, longest - 1)}…` : chart.across)
  return { label: () => name() || '', labelFont: font, labelSize: 18, labelGap: 0 }
}
