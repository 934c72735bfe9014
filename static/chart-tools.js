// <chart-tools data-smooth="0.6" data-log data-x="runtime"> says how the charts in it are drawn. Its form changes that at once
// and writes it into the address; without script the form asks for the page anew. Which groups are folded is remembered for
// the project.
class ChartTools extends HTMLElement {
  connectedCallback() {
    this.folds = `folded:${location.pathname.split('/').slice(0, 3).join('/')}`
    this.addEventListener('input', this.change)
    this.addEventListener('toggle', this.fold, true)
    const folded = this.folded()
    for (const group of this.querySelectorAll('details[data-group]')) if (folded.includes(group.dataset.group)) group.open = false
  }

  change = ({ target: { form } }) => {
    if (!form) return
    const { smooth, log, x } = Object.fromEntries(new FormData(form))
    if (smooth === undefined) return
    const redraw = this.dataset.x !== (x || undefined) || (this.dataset.log !== undefined) !== (log !== undefined)
    this.set('smooth', Number(smooth) ? smooth : undefined)
    this.set('log', log && '')
    this.set('x', x || undefined)
    form.querySelector('output').value = Number(smooth).toFixed(2)
    const url = new URL(location.href)
    for (const [name, value] of [['smooth', this.dataset.smooth], ['log', log], ['x', x]]) {
      if (value) url.searchParams.set(name, value)
      else url.searchParams.delete(name)
    }
    history.replaceState(history.state, '', url)
    for (const chart of this.querySelectorAll('metric-chart')) chart.settle(redraw)
  }

  set(name, value) {
    if (value === undefined) delete this.dataset[name]
    else this.dataset[name] = value
  }

  folded() {
    return JSON.parse(localStorage.getItem(this.folds) ?? '[]')
  }

  fold = ({ target }) => {
    const { group } = target.dataset ?? {}
    if (group === undefined) return
    const rest = this.folded().filter(name => name !== group)
    localStorage.setItem(this.folds, JSON.stringify(target.open ? rest : [...rest, group].slice(-100)))
  }
}

customElements.define('chart-tools', ChartTools)
