// <console-log src="URL"> is a console that goes on: on "news" of the console it asks for the lines after the last one it has,
// and for the last few again, which a script may have overwritten. While "Follow" is ticked it stays at its end.
const again = 30, most = 5000

class ConsoleLog extends HTMLElement {
  connectedCallback() {
    this.box = this.querySelector('.log')
    this.list = this.box?.querySelector('ol')
    this.tools = this.querySelector('[data-tools]')
    if (!this.list || !this.tools) return
    this.tools.hidden = false
    this.follow = this.tools.querySelector('[name=follow]')
    this.wrap = this.tools.querySelector('[name=wrap]')
    this.wrap.checked = localStorage.getItem('wrap') !== 'no'
    this.tools.addEventListener('change', this.change)
    this.change()
    this.box.addEventListener('scroll', this.scrolled)
    document.addEventListener('news', this.hear)
  }

  disconnectedCallback() {
    document.removeEventListener('news', this.hear)
  }

  change = () => {
    localStorage.setItem('wrap', this.wrap.checked ? 'yes' : 'no')
    this.box.classList.toggle('log-flat', !this.wrap.checked)
    if (this.follow?.checked) this.box.scrollTop = 0
  }

  // scrolled stops following whoever reads further up, and goes on at the end; the box is turned round, so that is 0.
  scrolled = () => {
    if (this.follow && !this.adding) this.follow.checked = this.box.scrollTop > -8
  }

  hear = ({ detail }) => {
    if (this.follow && detail.some(word => word === 'console' || word === 'all')) this.ask()
  }

  async ask() {
    if (this.asking) {
      this.more = true
      return
    }
    this.asking = true
    try {
      const last = Number(this.list.lastElementChild.id.slice(1))
      const answer = await fetch(`${this.getAttribute('src')}?only=lines&from=${Math.max(0, last - again)}`, { headers: { 'HX-Request': 'true' } })
      if (!answer.ok) return
      const lines = [...new DOMParser().parseFromString(await answer.text(), 'text/html').querySelectorAll('li')]
      this.add(lines)
      this.more ||= lines.length > 0 && Number(this.list.lastElementChild.id.slice(1)) - last > 400
    } catch {
      // The live page tells of all again once the server can be reached.
    } finally {
      this.asking = false
      if (this.more && this.isConnected) {
        this.more = false
        this.ask()
      }
    }
  }

  add(lines) {
    const { scrollTop, scrollHeight } = this.box
    this.adding = true
    for (const line of lines) {
      const had = document.getElementById(line.id)
      if (!had) this.list.append(line)
      else if (!had.isEqualNode(line)) had.replaceWith(line)
    }
    while (this.list.children.length > most) this.list.firstElementChild.remove()
    this.box.scrollTop = this.follow.checked ? 0 : scrollTop - (this.box.scrollHeight - scrollHeight)
    requestAnimationFrame(() => this.adding = false)
  }
}

customElements.define('console-log', ConsoleLog)
