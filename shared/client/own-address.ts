// The service's own address: a password or a token goes there by TLS alone, except on this very machine, where nothing is
// between.
export class InsecureAddress extends Error {
  override readonly name = 'InsecureAddress'

  constructor(url: string) {
    super(`${url} does not begin with https://: what is secret would be read on its way`)
  }
}

const thisMachine: readonly string[] = ['127.0.0.1', '[::1]', 'localhost']

export function isOwnAddress(url: string): boolean {
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (parsed?.protocol === 'https:') return true
  return parsed?.protocol === 'http:' && thisMachine.includes(parsed.hostname)
}

/** Throws InsecureAddress. A page asks the address that it came from, and has no other. */
export function refuseInsecure(url: string): void {
  if (url !== '' && !isOwnAddress(url)) throw new InsecureAddress(url)
}
