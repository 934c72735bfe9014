// <tree-filter><form>…<input type="search"></form>…<ul class="tree">…</ul></tree-filter> hides, as one types, what has the
// words neither in its path nor in its value, again when a live page is swapped, and offers to copy the path and the value of
// the row under the pointer. With the attribute partial the tree is not all there is, and the form asks the server.
class TreeFilter extends HTMLElement {
  connectedCallback() {
    this.addEventListener('input', this.filter)
    this.addEventListener('pointerover', this.offer)
    document.addEventListener('htmx:after:swap', this.again)
  }

  disconnectedCallback() {
    this.removeEventListener('input', this.filter)
    this.removeEventListener('pointerover', this.offer)
    document.removeEventListener('htmx:after:swap', this.again)
    this.tools?.remove()
  }

  // again hides anew what a live page has brought up to date.
  again = () => {
    if (this.field?.value) this.filter()
  }

  get field() { return this.querySelector('input[type=search]') }

  filter = () => {
    if (this.hasAttribute('partial')) return
    const words = this.field.value.trim().toLowerCase()
    let left = 0
    for (const row of this.leaves()) {
      row.hidden = !(path(row).toLowerCase().includes(words) || value(row).toLowerCase().includes(words))
      if (!row.hidden) left++
    }
    for (const branch of [...this.querySelectorAll('.tree li:has(> details)')].reverse()) {
      branch.hidden = !branch.querySelector('.tree li:not([hidden]):not(:has(> details))')
      if (words && !branch.hidden) branch.firstElementChild.open = true
    }
    const status = this.querySelector('[role=status]')
    if (status) status.textContent = words ? `${left} found` : ''
  }

  leaves() {
    return this.querySelectorAll('.tree li:not(:has(> details))')
  }

  offer = event => {
    const row = event.target.closest?.('.tree li:not(.rest, :has(> details))')
    if (!row || this.tools?.parentElement === row) return
    this.tools?.remove()
    this.tools = document.createElement('span')
    this.tools.className = 'treetools'
    this.tools.append(copier('Copy path', path(row)), copier('Copy value', value(row)))
    row.append(this.tools)
  }
}

function path(row) {
  const keys = []
  for (let li = row; li; li = li.parentElement.closest('.tree li')) keys.unshift(li.querySelector('.key')?.textContent ?? '')
  return keys.join('.')
}

function value(row) {
  return row.querySelector('.val')?.textContent ?? ''
}

function copier(word, text) {
  const host = document.createElement('copy-button')
  host.setAttribute('value', text)
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'sub'
  const said = document.createElement('span')
  said.setAttribute('aria-live', 'polite')
  said.textContent = word
  button.append(said)
  host.append(button)
  return host
}

customElements.define('tree-filter', TreeFilter)
