// <toast-one> takes itself away after eight seconds, but not while someone points at it or has the focus in it.
class ToastOne extends HTMLElement {
  connectedCallback() {
    for (const kind of ['pointerenter', 'focusin']) this.addEventListener(kind, this.stay)
    for (const kind of ['pointerleave', 'focusout']) this.addEventListener(kind, this.leave)
    this.leave()
  }

  disconnectedCallback() {
    clearTimeout(this.timer)
  }

  stay = () => clearTimeout(this.timer)

  leave = () => {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.remove(), 8000)
  }
}

customElements.define('toast-one', ToastOne)
