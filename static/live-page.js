// <live-page src="URL"> listens to what is new on the page it stands in, and tells it: every word at once as a "news" event
// on the document (detail: the words, "all" if nobody knows), and its parent at most every three seconds as "refresh", which
// htmx waits for; that anything may be new every "beat" seconds as well. The stream rests while the page is out of sight. When
// it breaks off, the page asks by itself meanwhile, and the document is told "greenroom:offline" (detail: {seconds} until the
// next try) and then "greenroom:online". Once the word "gone" is said, what the page shows was deleted and there is nothing
// left to ask for: it is told "greenroom:gone", and nothing after that.
const pace = 3000, out = 15_000, longest = 8, safety = 60

class LivePage extends HTMLElement {
  connectedCallback() {
    this.failures = 0
    document.addEventListener('visibilitychange', this.look)
    this.open()
    this.safe = setInterval(() => document.hidden || this.tell('all'), 1000 * (this.getAttribute('beat') ?? safety))
  }

  disconnectedCallback() {
    this.end()
    this.online()
  }

  end() {
    document.removeEventListener('visibilitychange', this.look)
    clearInterval(this.safe)
    clearTimeout(this.later)
    this.close()
  }

  look = () => {
    clearTimeout(this.rest)
    if (document.hidden) this.rest = setTimeout(this.close, out)
    else if (!this.stream) this.open()
  }

  open = () => {
    this.close()
    this.stream = new EventSource(this.getAttribute('src'))
    this.stream.onmessage = event => {
      this.failures = 0
      this.online()
      this.tell(event.data)
    }
    this.stream.onerror = this.fail
  }

  close = () => {
    clearTimeout(this.again)
    this.stream?.close()
    this.stream = null
  }

  // fail tries again, later each time, and finds out whether it is the server that is gone or only the stream.
  fail = async () => {
    this.close()
    const seconds = Math.min(longest, 2 ** ++this.failures)
    this.again = setTimeout(this.open, seconds * 1000)
    const there = await fetch('/healthz', { cache: 'no-store' }).then(r => r.ok, () => false)
    if (!this.isConnected) return
    if (there) {
      this.online()
      this.tell('all')
    } else {
      this.offline = true
      document.dispatchEvent(new CustomEvent('greenroom:offline', { detail: { seconds } }))
    }
  }

  online() {
    if (this.offline) document.dispatchEvent(new CustomEvent('greenroom:online'))
    this.offline = false
  }

  tell(words) {
    if (words.split(' ').includes(this.getAttribute('gone'))) {
      this.end()
      document.dispatchEvent(new CustomEvent('greenroom:gone'))
      return
    }
    document.dispatchEvent(new CustomEvent('news', { detail: words.split(' ') }))
    if (this.later) return
    const wait = Math.max(0, (this.told ?? 0) + pace - Date.now())
    this.later = setTimeout(() => {
      this.later = null
      this.told = Date.now()
      this.parentElement?.dispatchEvent(new CustomEvent('refresh'))
    }, wait)
  }
}

customElements.define('live-page', LivePage)
