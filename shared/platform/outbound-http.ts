/**
 * HTTP requests to addresses that other people chose: webhooks. Never to this machine or a private network, unless a
 * setting allows that network: the name is resolved here, each address is looked at, and the connection goes to one
 * that was. No redirect is followed, no proxy or cookie is used, and the reply's body is not read.
 */
import { lookup } from 'node:dns'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** The address is one that must not be asked. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused'
}

const refusedNetworks = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ...[
    '224.0.0.0/4',
    '240.0.0.0/4',
    '::/96',
    '::ffff:0:0:0/96',
    '64:ff9b::/96',
    '64:ff9b:1::/48',
    '100::/64',
    '2001::/23',
  ],
  ...['2001:db8::/32', '2002::/16', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
]

export type MayAsk = (address: string) => boolean

/** @param allowed networks, `10.1.0.0/16`, that may be asked although they are private. Throws on what is none. */
export function guardOf(allowed: readonly string[]): MayAsk {
  const never = listOf(refusedNetworks)
  const always = listOf(allowed)
  return (address) => {
    const family = familyOf(address)
    return family !== undefined && (always.check(address, family) || !never.check(address, family))
  }
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/')
    const family = familyOf(address)
    if (family === undefined || !/^\d{1,3}$/.test(bits)) throw new RangeError(`${network} is no network`)
    list.addSubnet(address, Number(bits), family)
  }
  return list
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  return ({ 4: 'ipv4', 6: 'ipv6' } as const)[isIP(address) as 4 | 6]
}

type Post = { url: string; headers: Readonly<Record<string, string>>; body: string; mayAsk: MayAsk; withinMs: number }

/** The status of the reply. Throws `AddressRefused`, or what went wrong on the way. */
export async function postOnce({ url, headers, body, mayAsk, withinMs }: Post): Promise<number> {
  const { protocol, hostname } = new URL(url)
  const literal = hostname.replace(/^\[|\]$/g, '')
  // A literal address is never looked up.
  if (isIP(literal) !== 0 && !mayAsk(literal)) throw new AddressRefused('this address is not asked')
  const send = protocol === 'https:' ? httpsRequest : httpRequest
  const options = {
    method: 'POST',
    headers,
    lookup: guarded(mayAsk),
    agent: false,
    signal: AbortSignal.timeout(withinMs),
  }
  return new Promise((resolve, reject) => {
    const asked = send(url, options, (reply) => {
      resolve(reply.statusCode ?? 0)
      reply.destroy()
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

function guarded(mayAsk: MayAsk): LookupFunction {
  return (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return done(error, [])
      const good = found.filter(({ address }) => mayAsk(address))
      const [first] = good
      if (first === undefined || good.length < found.length)
        return done(new AddressRefused('this address is not asked'), [])
      if (options.all) return done(null, good)
      done(null, first.address, first.family)
    })
  }
}
