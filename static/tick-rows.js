// <tick-rows> around a table whose rows can be ticked: colours them, counts them in its bar and hides the bar while there
// are none. X ticks the row that J and K picked, Shift-X or a click with Shift all from the last one, the box in the head
// all, Escape unticks.
class TickRows extends HTMLElement {
  connectedCallback() {
    this.all = this.querySelector('th .checkbox')
    this.all.hidden = false
    this.addEventListener('click', this.click)
    this.addEventListener('change', this.show)
    document.addEventListener('keydown', this.press)
    addEventListener('pageshow', this.show) // a page that is gone back to has its ticks by then
    this.closest('form')?.addEventListener('reset', () => setTimeout(this.show))
    this.show()
  }

  disconnectedCallback() {
    document.removeEventListener('keydown', this.press)
    removeEventListener('pageshow', this.show)
  }

  get ticks() { return [...this.querySelectorAll('td .checkbox')] }

  show = () => {
    const ticks = this.ticks, ticked = ticks.filter(t => t.checked)
    for (const t of ticks) t.closest('tr').classList.toggle('sel', t.checked)
    this.all.checked = ticked.length > 0 && ticked.length === ticks.length
    this.all.indeterminate = ticked.length > 0 && !this.all.checked
    const bar = this.querySelector('.floatbar')
    bar.hidden = !ticked.length
    const count = bar.querySelector('[data-ticked]')
    if (count) count.textContent = `${ticked.length} ticked`
  }

  click = event => {
    if (event.target === this.all) return this.set(this.all.checked)
    const at = this.ticks.indexOf(event.target)
    if (at >= 0) this.tick(at, event.target.checked, event.shiftKey)
  }

  press = event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    if (event.target.closest?.('input:not([type=checkbox]), textarea, select, dialog') || document.querySelector('dialog[open]')) return
    if (event.key === 'Escape' && this.ticks.some(t => t.checked)) return this.set(false)
    if (event.key.toLowerCase() !== 'x' || document.documentElement.dataset.keys === 'off') return
    const at = this.ticks.indexOf(this.querySelector('tr.foc .checkbox') ?? this.querySelector('.checkbox:focus'))
    if (at >= 0) this.tick(at, event.shiftKey || !this.ticks[at].checked, event.shiftKey)
  }

  set(on) {
    for (const t of this.ticks) t.checked = on
    this.show()
  }

  // tick makes a row's tick be on or off, and those of all rows since the last one.
  tick(at, on, since) {
    const ticks = this.ticks, last = since && this.last < ticks.length ? this.last : at
    for (let i = Math.min(at, last); i <= Math.max(at, last); i++) ticks[i].checked = on
    this.last = at
    this.show()
  }
}

customElements.define('tick-rows', TickRows)
