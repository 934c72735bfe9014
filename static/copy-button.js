// <copy-button value="…"><button>…</button></copy-button> puts value on the clipboard and says "Copied" for two seconds.
class CopyButton extends HTMLElement {
  connectedCallback() {
    this.addEventListener('click', this.copy)
  }

  disconnectedCallback() {
    this.removeEventListener('click', this.copy)
    clearTimeout(this.timer)
  }

  copy = async () => {
    if (!(await write(this.getAttribute('value')))) return
    const word = this.querySelector('[aria-live]')
    const said = this.said ??= word?.textContent
    if (word) word.textContent = 'Copied'
    this.setAttribute('copied', '')
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      if (word) word.textContent = said
      this.removeAttribute('copied')
    }, 2000)
  }
}

// Browsers give the clipboard to secure addresses only; a registry on a plain http host has the older way.
async function write(text) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const box = document.createElement('textarea')
    box.className = 'sr-only'
    box.value = text
    const focused = document.activeElement
    document.body.append(box)
    box.select()
    const done = document.execCommand('copy')
    box.remove()
    focused?.focus()
    return done
  }
}

customElements.define('copy-button', CopyButton)
