// Menus are <details class="pop">. One is open at a time; a click outside and Escape close it, and a field in it takes the focus.
const open = () => document.querySelectorAll('details.pop[open]')

document.addEventListener('click', event => {
  for (const menu of open()) if (!menu.contains(event.target)) menu.open = false
})

document.addEventListener('keydown', event => {
  if (event.key !== 'Escape') return
  for (const menu of open()) {
    menu.open = false
    menu.querySelector('summary')?.focus()
    event.stopImmediatePropagation()
  }
})

document.addEventListener('toggle', event => {
  if (event.target.matches?.('details.pop[open]')) event.target.querySelector('.popover input')?.focus()
}, true)
