// <metric-chart src="URL">…table…</metric-chart> draws one metric's curve from JSON:
//
//   {"key":"acc","x":[0,1],"y":[0.1,0.2],"lo":[…],"hi":[…],"odd":[{"x":12,"to":19,"value":"NaN"}],"live":true}
//
// or, where src has a key= to ask for, from {"live":true,"curves":[…]} that charts of one run ask for together. lo and hi are
// the band of what each point stands for, and may be missing; null is a gap; t is where each point stands on another axis than steps; odd values, from x on
// and up to "to" if that is there, are ticks on the axis. Drag zooms, a double click goes back, arrow keys move the cursor, all
// charts of a page share it. On "news" of points it asks for what came since, if it is in sight, or once it is; without a
// live page around it asks every five seconds. A chart-tools around it says how to draw: see there; with data-news="system"
// x is seconds, and the news are those of the machine. Where something around it has data-mark, a line with its data-mark-name
// stands at that step. Unless another axis is
// asked for it is drawn over the metric that its data-over names. Its colour is --c, read anew when the theme turns. What is here asks; metric-drawing.js draws.
import { curve, joined } from './curves.js'
import { MetricDrawing } from './metric-drawing.js'

const again = 5000
const most = 3000 // points, after which all are asked for again, thinned
const whole = 60_000 // after which, too: a run may have logged again what was before
const wholeMeasured = 1_800_000 // which no machine does

class MetricChart extends MetricDrawing {
  connectedCallback() {
    super.connectedCallback()
    document.addEventListener('visibilitychange', this.wake)
    document.addEventListener('news', this.hear)
    document.addEventListener('pointerup', this.release)
    this.sight = new IntersectionObserver(([entry]) => {
      this.inSight = entry.isIntersecting
      this.wake()
    }, { rootMargin: '200px' })
    this.sight.observe(this)
  }

  disconnectedCallback() {
    clearTimeout(this.timer)
    this.turn = null
    this.sight?.disconnect()
    document.removeEventListener('visibilitychange', this.wake)
    document.removeEventListener('news', this.hear)
    document.removeEventListener('pointerup', this.release)
    super.disconnectedCallback()
  }

  // hear notes that there is more, which is asked for now or when the chart comes into sight.
  hear = ({ detail }) => {
    this.told = true
    const mine = this.look.news ?? 'points'
    if (!detail.some(word => word === 'all' || word === mine || word.startsWith('run.'))) return
    this.stale = true
    if (!detail.includes(mine)) this.fetched = 0
    this.wake()
  }

  wake = () => {
    clearTimeout(this.timer)
    if (!this.inSight || document.hidden || this.held) return
    if (this.unsettled && this.answered && this.uPlot) {
      this.unsettled = false
      this.draw()
    }
    if (!this.answered || this.failed || this.stale || (this.data.live && !this.told)) this.ask()
  }

  // release draws what came while the pointer was held, which nothing may move under.
  release = () => {
    if (!this.held) return
    this.held = false
    setTimeout(this.wake) // after the plot has zoomed
  }

  // settle draws as the tools around now say; other times have to be asked for.
  settle(anew) {
    if (anew) {
      this.clear()
      this.zoomed = false
      if ((this.look.x ?? '') !== this.axis) this.answered = false
    }
    if (this.answered && this.inSight) this.draw()
    else this.unsettled = true
    this.wake()
  }

  async ask() {
    if (this.turn) return
    const turn = this.turn = {}
    this.stale = false
    try {
      const src = this.getAttribute('src')
      const x = this.axis = this.look.x ?? ''
      const fresh = this.answered && this.data.x.length && this.data.x.length < most && Date.now() - this.fetched < (this.timed ? wholeMeasured : whole)
      const after = fresh ? this.data.x.at(-1) : null
      const asked = src.includes('key=') ? curve(src, x, this.over, after) : one(src)
      asked.catch(() => {}) // is awaited below, after what may take longer
      await this.prepare()
      const answer = await asked
      if (this.turn !== turn || !this.isConnected) return
      this.turn = null
      this.data = after == null ? { x: [], y: [], ...answer } : joined(this.data, answer, after)
      if (after == null) this.fetched = Date.now()
      this.answered = true
      this.failed = false
      if (x !== (this.look.x ?? '')) return this.settle(true)
      this.draw()
      if (this.stale || (this.data.live && !this.told)) this.timer = setTimeout(this.wake, this.told ? 250 : again)
    } catch (error) {
      if (this.turn !== turn || !this.isConnected) return
      this.turn = null
      this.failed = true
      this.say('The curve did not load.', 'Try again')
      this.timer = setTimeout(this.wake, 4 * again)
    }
  }
}

// one is a curve that is asked for alone.
async function one(src) {
  const answer = await fetch(src, { headers: { Accept: 'application/json' } })
  if (!answer.ok) throw new Error(`answered ${answer.status}`)
  return answer.json()
}

customElements.define('metric-chart', MetricChart)
