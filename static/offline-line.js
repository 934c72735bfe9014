// <offline-line hidden> says that the server cannot be reached, until it can: as the page's live stream tells
// ("greenroom:offline", with the seconds until the next try, and "greenroom:online"), as the browser knows, or because a
// request did not arrive. It says so, too, when what the page shows was deleted ("greenroom:gone"); whoever did that is on
// their way to another page and need not read it.
const pause = 8, leaving = 2000

class OfflineLine extends HTMLElement {
  connectedCallback() {
    this.listening = new AbortController()
    const { signal } = this.listening
    document.addEventListener('greenroom:offline', event => this.count(event.detail.seconds), { signal })
    document.addEventListener('greenroom:online', this.back, { signal })
    document.addEventListener('greenroom:gone', () => setTimeout(this.end, leaving), { signal })
    document.addEventListener('htmx:error', this.look, { signal })
    document.addEventListener('htmx:after:request', this.back, { signal })
    addEventListener('offline', this.look, { signal })
    addEventListener('online', this.look, { signal })
  }

  disconnectedCallback() {
    this.listening.abort()
    clearInterval(this.timer)
  }

  look = async () => {
    const there = await fetch('/healthz', { cache: 'no-store' }).then(r => r.ok, () => false)
    if (there) this.back()
    else if (this.isConnected) this.count(pause)
  }

  count(seconds) {
    clearInterval(this.timer)
    this.say(seconds)
    this.timer = setInterval(() => {
      this.say(--seconds)
      if (seconds <= 0) {
        clearInterval(this.timer)
        this.look()
      }
    }, 1000)
  }

  end = () => {
    this.disconnectedCallback()
    this.hidden = false
    this.textContent = 'This was deleted in the meantime.'
  }

  say(seconds) {
    this.hidden = false
    this.textContent = seconds > 0 ? `Not connected. Trying again in ${seconds} s.` : 'Not connected. Trying again.'
  }

  back = () => {
    clearInterval(this.timer)
    this.hidden = true
  }
}

customElements.define('offline-line', OfflineLine)
