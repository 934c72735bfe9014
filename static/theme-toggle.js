// <theme-toggle><button>…</button></theme-toggle> goes from the system's theme to the one that this is not, then to
// the other and back, so that each press but the last shows. The choice is a cookie, so that the server renders the next page right at once.
const names = { light: 'greenroom', dark: 'greenroom-dark' }
const dark = matchMedia('(prefers-color-scheme: dark)')
const next = theme => {
  const [system, other] = dark.matches ? ['dark', 'light'] : ['light', 'dark']
  return theme === '' ? other : theme === other ? system : ''
}
const words = { '': 'Theme of the system', light: 'Light theme', dark: 'Dark theme' }

class ThemeToggle extends HTMLElement {
  connectedCallback() {
    this.addEventListener('click', this.turn)
    this.show(current())
  }

  disconnectedCallback() {
    this.removeEventListener('click', this.turn)
  }

  turn = () => {
    const theme = next(current())
    if (theme) document.documentElement.dataset.theme = names[theme]
    else delete document.documentElement.dataset.theme
    const age = theme ? 60 * 60 * 24 * 365 : 0
    document.cookie = `theme=${theme}; path=/; max-age=${age}; samesite=lax`
    this.show(theme)
    document.dispatchEvent(new Event('themechange'))
  }

  show(theme) {
    const button = this.querySelector('button')
    button.title = `${words[theme]}. Turn to: ${words[next(theme)].toLowerCase()}`
    button.setAttribute('aria-label', button.title)
  }
}

// Paper is white: what is printed wears the light theme.
let before
addEventListener('beforeprint', () => {
  before = document.documentElement.dataset.theme
  document.documentElement.dataset.theme = names.light
  document.dispatchEvent(new Event('themechange'))
})
addEventListener('afterprint', () => {
  if (before) document.documentElement.dataset.theme = before
  else delete document.documentElement.dataset.theme
  document.dispatchEvent(new Event('themechange'))
})

function current() {
  const name = document.documentElement.dataset.theme
  return Object.keys(names).find(theme => names[theme] === name) ?? ''
}

customElements.define('theme-toggle', ThemeToggle)
