// Whom a request comes from, as limits count: an IPv4 address, or the /64 that one customer of an IPv6 network has to
// himself (RFC 6177 section 2), so that nobody counts as 2^64 people.
import { isIPv6 } from 'node:net'

/** `address` as Node and Express give it. An IPv4 address inside an IPv6 one (RFC 4291 section 2.5.5.2) is that address. */
export function networkOf(address: string): string {
  const plain = address.replace(/%.*$/, '')
  if (!isIPv6(plain)) return plain
  const groups = groupsOf(plain)
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (isMapped)
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 0xff])
      .join('.')
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`
}

/** The eight groups of 16 bits. The URL parser writes every spelling in one way (RFC 5952), without dotted ends. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const parse = (text = '') => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)))
  const first = parse(head)
  const last = parse(tail)
  return [...first, ...Array.from({ length: 8 - first.length - last.length }, () => 0), ...last]
}
