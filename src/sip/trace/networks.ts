// Kinds of IP addresses, as far as who can reach whom. RFC 1918, RFC 6598 (carrier NAT), RFC 4193, RFC 1122 3.2.1.3, RFC 3927.

export type AddressKind = 'loopback' | 'unspecified' | 'link-local' | 'private' | 'public' | 'name'

export function kindOf(host: string): AddressKind {
  const bare = host.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '')
  const quad = /^(\d{1,3})\.(\d{1,3})\.\d{1,3}\.\d{1,3}$/.exec(bare)
  if (quad) {
    const [first, second] = [Number(quad[1]), Number(quad[2])]
    if (first === 127) return 'loopback'
    if (first === 0) return 'unspecified'
    if (first === 169 && second === 254) return 'link-local'
    const isPrivate = first === 10 || (first === 172 && second >= 16 && second < 32) || (first === 192 && second === 168) || (first === 100 && second >= 64 && second < 128)
    return isPrivate ? 'private' : 'public'
  }
  if (!bare.includes(':')) return 'name'
  if (bare === '::1') return 'loopback'
  if (bare === '::') return 'unspecified'
  if (/^fe[89ab]/.test(bare)) return 'link-local'
  return /^f[cd]/.test(bare) ? 'private' : 'public'
}

/** Whether someone at `from` can be expected to reach `to`: `no` for certain, `doubtful` between two private networks that look different. */
export function reach(from: string, to: string): 'yes' | 'doubtful' | 'no' {
  if (from === to) return 'yes'
  const [there, here] = [kindOf(to), kindOf(from)]
  if (there === 'unspecified') return 'no'
  if (there === 'loopback') return here === 'loopback' ? 'yes' : 'no'
  if (there === 'link-local') return here === 'link-local' ? 'yes' : 'no'
  if (there === 'private') {
    if (here === 'public') return 'no'
    return here === 'private' && firstOctet(from) !== firstOctet(to) ? 'doubtful' : 'yes'
  }
  return 'yes'
}

/** 10, 172 or 192: a container's 172.17 and a site's 192.168 are seldom one network. */
const firstOctet = (host: string): string => host.split(/[.:]/, 1)[0] ?? ''
