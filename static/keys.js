// The keyboard map, as far as it needs only what the page already holds: links and buttons found by what they are.
// Single keys do nothing while a field has the focus or a dialog is open, and not at all for whoever has turned them off
// (data-keys="off" on the root).
const root = document.documentElement
let afterG = -Infinity

document.addEventListener('keydown', event => {
  const typing = event.target.closest?.('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]')
  if (event.key === 'Escape') return leave(typing)
  if (event.key === 'k' && (event.ctrlKey || event.metaKey)) return command(event)
  if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return
  if (picked() && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) return move(event, event.key === 'ArrowDown' ? 1 : -1)
  if (event.key === 'Enter') return open(event)
  if (root.dataset.keys === 'off') return
  if (event.timeStamp - afterG < 1500 && follow(event, `[data-go="${CSS.escape(event.key.toLowerCase())}"]`)) return
  afterG = -Infinity
  switch (event.key) {
    case '/': return command(event)
    case 'f': return focus(event, '[data-page-filter]')
    case 'g': afterG = event.timeStamp; return
    case 'j': return move(event, 1)
    case 'k': return move(event, -1)
    case 's': return (picked() ?? document.querySelector('main .head'))?.querySelector('.star')?.click()
    case 'y': return document.querySelector('[data-full-name] button')?.click()
    case '[': return fold()
    case '?': return document.getElementById('keys')?.showModal()
  }
  if (/^[a-z]$/.test(event.key)) follow(event, `[data-key="${event.key}"]`)
  if (/^[1-9]$/.test(event.key)) follow(event, `.tabs .tab:nth-of-type(${event.key})`)
})

// The list of keys shows those that do something on this page.
document.addEventListener('beforetoggle', event => {
  if (event.target.id !== 'keys') return
  for (const line of event.target.querySelectorAll('[data-for]')) line.hidden = !document.querySelector(line.dataset.for)
}, true)

function command(event) {
  const palette = document.querySelector('command-palette')
  if (!palette) return focus(event, '[data-search]')
  event.preventDefault()
  palette.open()
}

function focus(event, selector) {
  const field = document.querySelector(selector)
  if (!field) return
  event.preventDefault()
  field.focus()
  field.select?.()
}

function follow(event, selector) {
  const link = [...document.querySelectorAll(selector)].find(link => !link.dataset.key || link.checkVisibility())
  if (!link) return false
  event.preventDefault()
  link.click()
  return true
}

const rows = () => [...document.querySelectorAll('main :is(table tbody tr, .hits .hit):has(a)')].filter(row => row.checkVisibility())
const picked = () => document.querySelector('main .foc')

function move(event, by) {
  const all = rows()
  if (!all.length) return
  event.preventDefault()
  const from = all.indexOf(picked())
  const to = from < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, from + by))
  picked()?.classList.remove('foc')
  all[to].classList.add('foc')
  all[to].scrollIntoView({ block: 'nearest' })
}

function open(event) {
  if (event.target.closest?.('a, button, summary, input')) return
  picked()?.querySelector('a')?.click()
}

// A folded rail is a cookie, so that the server renders the next page right at once.
function fold() {
  const folded = root.dataset.rail === 'folded'
  if (folded) delete root.dataset.rail
  else root.dataset.rail = 'folded'
  document.cookie = `rail=${folded ? '' : 'folded'}; path=/; max-age=${folded ? 0 : 60 * 60 * 24 * 365}; samesite=lax`
}

// Escape first leaves the field, then unticks (see tick-rows), then leaves the picked row; menus and dialogs have taken
// it before.
function leave(typing) {
  if (typing) return typing.blur()
  if (!document.querySelector('tick-rows :checked')) picked()?.classList.remove('foc')
}
