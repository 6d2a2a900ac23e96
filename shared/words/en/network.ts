// What stands between a person and the service, in words: sentences without a full stop, said after "Cannot reach the
// service".

/** `type`: the media type of the answer; empty: it has none. */
export function describeForeignAnswer({ status, type }: { readonly status: number; readonly type: string }): string {
  const said = `${status}${type === '' ? '' : `, ${type.split(';')[0]}`}`
  return `something else answered in its place (${said}): ${why(status, type)}. Nothing was decided there`
}

function why(status: number, type: string): string {
  if (status === 407) return 'the proxy of your network asks who you are; its address and name go into HTTPS_PROXY'
  if (status === 413) return 'a proxy of your network takes nothing this large; your IT can raise its limit'
  if (status === 416 || status === 206)
    return 'a proxy of your network changes requests for a part of a file; ask your IT to let this address through'
  if (status === 405 || status === 501) return 'a filter of your network does not let this kind of request through'
  if (status >= 300 && status < 400)
    return 'it points to another address, which is not followed; sign in to your network first'
  if (status === 0) return 'it points to another address, which is not followed; sign in to your network first'
  if (status >= 500) return 'what stands before the service cannot reach it; try again in a while'
  if (type.startsWith('text/html'))
    return 'a web page, perhaps of your network’s proxy or sign-in; open the address in a browser'
  return 'a proxy or filter of your network; ask your IT to let this address through'
}

export function describeCutDownload({ goesOn }: { readonly goesOn: boolean }): string {
  const next = goesOn ? 'what arrived is kept, so that it goes on from there' : 'the next try begins at its start'
  return `the download broke off; ${next}`
}

/** JSON, and not what the service says: a sign-in of a network speaks JSON too. */
export function describeNotUnderstood(status: number): string {
  return `an answer came that is none of this service, or of another version of it (${status}, application/json): perhaps of your network’s proxy or sign-in, or this program is too old and needs an update`
}

/** `code`: of a failed connection, as Node and OpenSSL name it; null: nothing is known. */
export function describeNoAnswer(code: string | null): string {
  if (code === null) return 'the service did not answer'
  if (unknownAuthority.has(code)) {
    return 'the service did not answer: its certificate, or that of a proxy of your network, is from an authority that this machine does not know; NODE_EXTRA_CA_CERTS names a file with your organisation’s own'
  }
  return `the service did not answer${reasons[code] ?? ''}`
}

const unknownAuthority = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

const reasons: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: ': its certificate has expired, or the clock of this machine is wrong',
  CERT_NOT_YET_VALID: ': its certificate is not valid yet, or the clock of this machine is wrong',
  ECONNREFUSED: ': nothing listens at that address, or a proxy is needed (HTTPS_PROXY)',
  ENOTFOUND: ': no such name is known here; without a way to the internet a proxy is needed (HTTPS_PROXY)',
  EAI_AGAIN: ': its name could not be looked up',
  ERR_TLS_CERT_ALTNAME_INVALID: ': its certificate is for another name; check the address',
  ERR_PROXY_TUNNEL: ': the proxy of your network refused to connect to it',
}
