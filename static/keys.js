// The keyboard map, as far as it needs only what the page already links to. Single keys do nothing while a field has
// the focus or a dialog is open.
let afterG = -Infinity

document.addEventListener('keydown', event => {
  const typing = event.target.closest?.('input:not([type=checkbox]), textarea, select, [contenteditable]')
  if (event.key === 'Escape') return leave(typing)
  if (event.key === 'k' && (event.ctrlKey || event.metaKey)) return command(event)
  if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return
  if (event.timeStamp - afterG < 1500 && follow(event, `[data-go="${CSS.escape(event.key.toLowerCase())}"]`)) return
  afterG = -Infinity
  switch (event.key) {
    case '/': return command(event)
    case 'f': return focus(event, '[data-page-filter]')
    case 'g': afterG = event.timeStamp; return
    case 'j': return move(event, 1)
    case 'k': return move(event, -1)
    case 'Enter': return open(event)
    case 's': return (picked() ?? document.querySelector('main .head'))?.querySelector('.star')?.click()
    case 'y': return document.querySelector('[data-full-name] button')?.click()
    case '?': return document.getElementById('keys')?.showModal()
  }
  if (/^[a-z]$/.test(event.key)) follow(event, `[data-key="${event.key}"]:not([hidden] *)`)
  if (/^[1-9]$/.test(event.key)) follow(event, `.tabs .tab:nth-of-type(${event.key})`)
})

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
  field.select()
}

function follow(event, selector) {
  const link = document.querySelector(selector)
  if (!link) return false
  event.preventDefault()
  link.click()
  return true
}

const rows = () => [...document.querySelectorAll('main table tbody tr:has(a)')]
const picked = () => document.querySelector('main tr.foc')

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
  if (event.target.closest?.('a, button, summary')) return
  picked()?.querySelector('a')?.click()
}

// Escape first leaves the field, then the picked row; menus and dialogs have taken it before.
function leave(typing) {
  if (typing) return typing.blur()
  picked()?.classList.remove('foc')
}
