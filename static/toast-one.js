// <toast-one> takes itself away after eight seconds, but not while someone points at it or has the focus in it. Escape
// takes it away at once.
class ToastOne extends HTMLElement {
  connectedCallback() {
    for (const kind of ['pointerenter', 'focusin']) this.addEventListener(kind, this.stay)
    for (const kind of ['pointerleave', 'focusout']) this.addEventListener(kind, this.leave)
    document.addEventListener('keydown', this.key)
    this.leave()
  }

  disconnectedCallback() {
    clearTimeout(this.timer)
    document.removeEventListener('keydown', this.key)
  }

  stay = () => clearTimeout(this.timer)

  leave = () => {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.remove(), 8000)
  }

  key = event => { if (event.key === 'Escape' && !event.defaultPrevented) this.remove() }
}

customElements.define('toast-one', ToastOne)
