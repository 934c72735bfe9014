// <tick-rows> around a table whose rows can be ticked: colours them, counts them in its bar and hides the bar while there
// are none. X ticks the row that J and K picked, Shift-X all from the last ticked one, Escape unticks.
class TickRows extends HTMLElement {
  connectedCallback() {
    this.addEventListener('change', this.show)
    document.addEventListener('keydown', this.press)
    this.closest('form')?.addEventListener('reset', () => setTimeout(this.show))
    this.show()
  }

  disconnectedCallback() {
    document.removeEventListener('keydown', this.press)
  }

  get ticks() { return [...this.querySelectorAll('td .checkbox')] }

  show = () => {
    const ticked = this.ticks.filter(t => t.checked)
    for (const t of this.ticks) t.closest('tr').classList.toggle('sel', t.checked)
    const bar = this.querySelector('.floatbar')
    bar.hidden = !ticked.length
    bar.querySelector('[data-ticked]').textContent = `${ticked.length} ticked`
  }

  press = event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    if (event.target.closest?.('input:not([type=checkbox]), textarea, select, dialog') || document.querySelector('dialog[open]')) return
    if (event.key === 'Escape' && this.ticks.some(t => t.checked)) {
      for (const t of this.ticks) t.checked = false
      return this.show()
    }
    if (event.key.toLowerCase() !== 'x' || document.documentElement.dataset.keys === 'off') return
    const at = this.ticks.indexOf(this.querySelector('tr.foc .checkbox') ?? this.querySelector('.checkbox:focus'))
    if (at < 0) return
    const last = event.shiftKey && this.last >= 0 ? this.last : at
    const on = event.shiftKey || !this.ticks[at].checked
    for (let i = Math.min(at, last); i <= Math.max(at, last); i++) this.ticks[i].checked = on
    this.last = at
    this.show()
  }
}

customElements.define('tick-rows', TickRows)
