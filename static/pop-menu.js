// Menus are <details class="pop">. One is open at a time; a click outside and Escape close it.
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
