// Tries what sending and collecting needs of this browser, and writes into the page what came of it. Nothing is sent.
import type { Need } from '#words/en/service-pages.ts'

const fiveMinutes = 5 * 60 * 1000

const tries: Readonly<Record<Need, (page: HTMLElement) => boolean | Promise<boolean>>> = {
  secure: () => isSecureContext,
  async crypto() {
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt'])
    const made = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: new Uint8Array(12) }, key, new Uint8Array(1))
    return made.byteLength === 17
  },
  bytes: () => 'fromBase64' in Uint8Array && 'toHex' in Uint8Array.prototype,
  worker: () => typeof Worker === 'function',
  async storage() {
    const root = await navigator.storage.getDirectory()
    const name = `safehand-check-${crypto.randomUUID()}`
    await root.getFileHandle(name, { create: true })
    await root.removeEntry(name)
    return true
  },
  streams: () => typeof new Blob(['a']).stream().getReader === 'function',
  clock: (page) => Math.abs(Date.now() - Date.parse(page.dataset.now ?? '')) < fiveMinutes,
}

const page = document.querySelector<HTMLElement>('[data-check]')
if (page) {
  for (const cell of page.querySelectorAll<HTMLElement>('[data-need]')) {
    const tried = await Promise.resolve()
      .then(() => tries[cell.dataset.need as Need](page))
      .catch(() => false)
    cell.textContent = (tried ? page.dataset.works : page.dataset.missing) ?? ''
  }
}
