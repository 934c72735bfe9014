// <toast-one> takes itself away after eight seconds, after twenty if it offers to take something back. The time stands still
// while someone points at it or has the focus in it, and while the page is out of sight. Escape takes it away at once, as
// does its button; who had the focus in it gets it back where it was.
class ToastOne extends HTMLElement {
  connectedCallback() {
    for (const kind of ['pointerenter', 'pointerleave', 'focusin', 'focusout']) this.addEventListener(kind, this.look)
    for (const kind of ['keydown', 'visibilitychange']) document.addEventListener(kind, this.look)
    this.addEventListener('click', this.press)
    this.look()
    this.saying = setTimeout(this.say, 100)
  }

  disconnectedCallback() {
    clearTimeout(this.timer)
    clearTimeout(this.saying)
    for (const kind of ['keydown', 'visibilitychange']) document.removeEventListener(kind, this.look)
  }

  // say lets screen readers read it: what stands on a page as it loads is no news to them, what is put there later is.
  say = () => {
    const words = this.querySelector('span')
    words.replaceWith(words.cloneNode(true))
  }

  look = event => {
    switch (event?.type) {
      case 'keydown': return event.key === 'Escape' && !event.defaultPrevented ? this.leave() : undefined
      case 'pointerenter': this.pointed = true; break
      case 'pointerleave': this.pointed = false; break
      case 'focusin': this.from = this.contains(event.relatedTarget) ? this.from : event.relatedTarget; this.focused = true; break
      case 'focusout': this.focused = this.contains(event.relatedTarget)
    }
    clearTimeout(this.timer)
    if (this.pointed || this.focused || document.hidden) return
    this.timer = setTimeout(this.leave, this.querySelector('form') ? 20_000 : 8000)
  }

  press = event => { if (event.target.closest('[type=button]')) this.leave() }

  leave = () => {
    const { focused, from } = this
    this.remove()
    if (focused) from?.focus()
  }
}

customElements.define('toast-one', ToastOne)
