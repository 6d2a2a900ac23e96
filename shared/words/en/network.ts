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
  if (status === 405 || status === 501) return 'a filter of your network does not let this kind of request through'
  if (status >= 300 && status < 400)
    return 'it points to another address, which is not followed; sign in to your network first'
  if (status === 0) return 'it points to another address, which is not followed; sign in to your network first'
  if (status >= 500) return 'what stands before the service cannot reach it; try again in a while'
  if (type.startsWith('text/html'))
    return 'a web page, perhaps of your network’s proxy or sign-in; open the address in a browser'
  return 'a proxy or filter of your network; ask your IT to let this address through'
}
