// <command-palette data-src="…" data-who="…" data-kind="…"> is search and commands in a dialog. What is typed is asked
// of data-src, which answers with groups of options; what the page itself can do stands in the group "do". The last
// pages with a data-kind are kept in this browser, for each reader apart.
const kept = 8
const seconds = 0.12

class CommandPalette extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector('dialog')
    this.field = this.querySelector('input')
    this.found = this.querySelector('[data-found]')
    this.remember()
    this.field.addEventListener('input', this.typed)
    this.field.addEventListener('keydown', this.key)
    this.querySelector('form').addEventListener('submit', event => { if (!this.field.value.trim()) event.preventDefault() })
    this.addEventListener('click', this.pick)
    this.dialog.addEventListener('close', this.forgetAsked)
    document.addEventListener('click', this.asked)
    document.addEventListener('submit', this.leaving)
  }

  disconnectedCallback() {
    document.removeEventListener('click', this.asked)
    document.removeEventListener('submit', this.leaving)
    this.forgetAsked()
  }

  open(text = '') {
    if (this.dialog.open) return
    this.narrow('')
    this.collect()
    this.field.value = text
    this.dialog.showModal()
    this.field.select()
    this.typed()
  }

  // The field of the top bar looks like the palette's and opens it.
  asked = event => {
    const field = event.target.closest?.('[data-search]')
    if (field) this.open(field.value)
  }

  typed = () => {
    clearTimeout(this.timer)
    const text = this.field.value.trim()
    this.filter(text)
    this.asking?.abort()
    if (text === '' || text.startsWith('>') || this.kind === 'do' || this.kind === 'go') {
      this.pending = false
      this.found.replaceChildren()
      return this.select(0)
    }
    this.pending = true
    this.timer = setTimeout(() => this.ask(text), seconds * 1000)
    this.select(0)
  }

  // What answers an older question is dropped.
  async ask(text) {
    const asking = this.asking = new AbortController()
    const query = new URLSearchParams({ q: text, kind: this.kind })
    try {
      const answer = await fetch(`${this.dataset.src}?${query}`, {
        headers: { 'HX-Request': 'true', 'HX-Current-URL': location.href }, signal: asking.signal,
      })
      const elsewhere = answer.headers.get('HX-Redirect')
      if (elsewhere) return location.assign(elsewhere)
      if (!answer.ok) throw new Error(answer.status)
      const html = await answer.text()
      if (asking.signal.aborted) return
      this.found.innerHTML = html
      this.settle(0)
    } catch {
      if (asking.signal.aborted) return
      this.found.replaceChildren()
      this.settle(0)
      this.say('The search did not answer.')
    }
  }

  settle(at) {
    this.pending = false
    this.select(at)
    if (!this.eager) return
    this.eager = false
    this.options()[0] ? this.go(this.options()[0], false) : this.querySelector('form').requestSubmit()
  }

  forgetAsked = () => {
    clearTimeout(this.timer)
    this.asking?.abort()
    this.eager = this.pending = false
    this.found.replaceChildren()
  }

  // Groups of the page itself show what fits the words; recents are for before typing.
  filter(text) {
    const commands = text.startsWith('>')
    const words = text.replace(/^>/, '').toLowerCase().split(/\s+/).filter(Boolean)
    for (const group of this.querySelectorAll('#palette-list > [data-kind]')) {
      const kind = group.dataset.kind
      const out = commands ? kind !== 'do' : this.kind ? kind !== this.kind : kind === 'recent' && words.length > 0
      let shown = 0
      for (const option of group.querySelectorAll('[role=option]')) {
        option.hidden = out || !words.every(w => option.textContent.toLowerCase().includes(w))
        shown += !option.hidden
      }
      group.hidden = shown === 0
    }
  }

  options = () => [...this.querySelectorAll('[role=option]:not([hidden])')].filter(o => !o.closest('[hidden]'))
  selected = () => this.querySelector('[role=option][aria-selected=true]')

  select(at) {
    const all = this.options()
    this.selected()?.setAttribute('aria-selected', 'false')
    this.field.removeAttribute('aria-activedescendant')
    for (const old of this.querySelectorAll('[role=option][id]')) old.removeAttribute('id')
    this.say(this.pending ? '' : all.length ? '' : 'Nothing found')
    if (!all.length) return
    const option = all[(at + all.length) % all.length]
    all.forEach((o, i) => { o.id = `palette-${i}` })
    option.setAttribute('aria-selected', 'true')
    this.field.setAttribute('aria-activedescendant', option.id)
    option.scrollIntoView({ block: 'nearest' })
  }

  say(words) { this.querySelector('[data-said]').textContent = words }

  key = event => {
    const all = this.options()
    const at = all.indexOf(this.selected())
    switch (event.key) {
      case 'Escape': event.preventDefault(); return this.dialog.close()
      case 'ArrowDown': event.preventDefault(); return this.select(at + 1)
      case 'ArrowUp': event.preventDefault(); return this.select(at - 1)
      case 'Tab':
        event.preventDefault()
        this.narrow(this.kind ? '' : all[at]?.closest('[data-kind]')?.dataset.kind ?? '')
        return this.typed()
      case 'Backspace':
        if (this.kind && !this.field.value) { this.narrow(''); this.typed() }
        return
      case 'Enter':
        if (this.pending) { event.preventDefault(); this.eager = true; return }
        if (all[at]) { event.preventDefault(); this.go(all[at], event.ctrlKey || event.metaKey) }
    }
  }

  pick = event => {
    const option = event.target.closest('button[role=option]')
    if (option) this.go(option, false)
  }

  narrow(kind) {
    this.kind = kind === 'recent' ? '' : kind
    const label = this.querySelector('[data-narrowed]')
    label.hidden = !this.kind
    label.textContent = this.kind && this.querySelector(`[data-kind="${this.kind}"]`).getAttribute('aria-label')
  }

  go(option, apart) {
    if (option.href && apart) return window.open(option.href, '_blank', 'noopener')
    if (option.href) return option.click()
    this.dialog.close()
    const does = option.does ?? document.querySelector(option.dataset.do)
    does?.click()
  }

  // What the page can do: the actions of its head.
  collect() {
    const group = this.querySelector('[data-kind=do]')
    for (const old of group.querySelectorAll('[data-here]')) old.remove()
    const actions = [...document.querySelectorAll('main .head :is(.actions a, .actions button, .star), main [data-full-name] button')]
    for (const does of actions.filter(a => !a.disabled && (a.checkVisibility() || a.closest('.menu-pop'))).reverse()) {
      const name = nameOf(does)
      const option = document.createElement('button')
      option.type = 'button'
      option.tabIndex = -1
      option.setAttribute('role', 'option')
      option.dataset.here = ''
      option.does = does
      option.append(does.querySelector('svg')?.cloneNode(true) ?? '', name)
      group.querySelector('h3').after(option)
    }
    const recent = this.querySelector('[data-kind=recent]')
    for (const old of recent.querySelectorAll('a')) old.remove()
    for (const page of this.recents().filter(p => p.url !== location.pathname)) {
      const link = document.createElement('a')
      link.tabIndex = -1
      link.setAttribute('role', 'option')
      link.href = page.url
      link.append(page.title)
      recent.append(link)
    }
  }

  recents() {
    try { return JSON.parse(localStorage.getItem(this.store())) ?? [] } catch { return [] }
  }

  remember() {
    if (!this.dataset.kind) return
    const here = { url: location.pathname, title: document.title.replace(/ · Greenroom$/, '') }
    const pages = [here, ...this.recents().filter(p => p.url !== here.url)].slice(0, kept)
    try { localStorage.setItem(this.store(), JSON.stringify(pages)) } catch { /* a browser that keeps nothing */ }
  }

  // Who signs out leaves nothing behind.
  leaving = event => {
    if (new URL(event.target.action).pathname === '/logout') localStorage.removeItem(this.store())
  }

  store() { return `recent:${this.dataset.who}` }
}

// nameOf is what an action of the page is called in a list.
function nameOf(does) {
  if (does.closest('[data-full-name]')) return 'Copy the full name'
  const label = does.getAttribute('aria-label')?.replace(/, \d+ stars?$/, '')
  const text = does.textContent.trim()
  return label || (does.title && does.title !== text ? `${does.title}, ${text}` : text)
}

customElements.define('command-palette', CommandPalette)
