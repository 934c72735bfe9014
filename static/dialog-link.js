// What htmx puts into a <dialog> opens it. A link with data-dialog="id" opens that <dialog> instead of following; data-close inside closes it. Delegated, so it
// also holds for what is swapped in later.
document.addEventListener('click', event => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return
  const link = event.target.closest('[data-dialog]')
  const dialog = link && document.getElementById(link.dataset.dialog)
  if (dialog) {
    event.preventDefault()
    dialog.showModal()
    return
  }
  if (event.target.closest('[data-close]') || event.target.matches('dialog[open]')) {
    event.target.closest('dialog')?.close()
  }
})

document.addEventListener('htmx:after:swap', event => {
  const target = event.detail.ctx.target
  if (target?.matches?.('dialog:not([open])')) target.showModal()
})
