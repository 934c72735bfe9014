// <relative-time><time datetime="…">12 min ago</time></relative-time> keeps the words fresh; they are those of ui.Ago.
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const minute = 60_000, hour = 60 * minute, day = 24 * hour

class RelativeTime extends HTMLElement {
  connectedCallback() {
    this.tick()
  }

  disconnectedCallback() {
    clearTimeout(this.timer)
  }

  tick = () => {
    const time = this.querySelector('time')
    const at = new Date(time?.dateTime ?? NaN)
    if (isNaN(at)) return
    const since = Date.now() - at
    const words = ago(at, since)
    if (time.textContent !== words) time.textContent = words
    if (since < 7 * day) this.timer = setTimeout(this.tick, since < hour ? 20_000 : 10 * minute)
  }
}

function ago(at, since) {
  const date = `${at.getUTCDate()} ${months[at.getUTCMonth()]}`
  if (since < -minute || since >= 365 * day) return `${date} ${at.getUTCFullYear()}`
  if (since < minute) return 'just now'
  if (since < hour) return `${Math.floor(since / minute)} min ago`
  if (since < day) return `${Math.floor(since / hour)} h ago`
  if (since < 7 * day) {
    const days = Math.floor(since / day)
    return days === 1 ? '1 day ago' : `${days} days ago`
  }
  return date
}

customElements.define('relative-time', RelativeTime)
