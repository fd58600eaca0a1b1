// The IP packet inside a captured frame. Link types by the registry of tcpdump.org: Ethernet (IEEE 802.3, 802.1Q), BSD loopback, raw IP, Linux cooked 1 and 2.

const ethertype = { ipv4: 0x0800, vlan: 0x8100, provider: 0x88a8, ipv6: 0x86dd } as const
/** VLAN tags that may stand before the packet. */
const maxTags = 4

const names: Readonly<Record<number, string>> = { 105: 'IEEE 802.11', 127: 'IEEE 802.11 radiotap', 147: 'user 0', 148: 'user 1', 189: 'USB', 195: 'IEEE 802.15.4', 220: 'USB', 252: 'exported PDU', 9: 'PPP', 50: 'PPP' }

/** How a person calls a link type that is not read here. */
export const linkName = (link: number): string => names[link] ?? `link type ${link}`

/** The packet as a view; undefined for a frame that holds none; `unknown` for a link type that is not read. */
export function ipOf(link: number, frame: Buffer): Buffer | undefined | 'unknown' {
  switch (link) {
    case 1:
      return afterType(frame, 12)
    // The family is in the byte order of the machine that captured; it says no more than the packet's own version does.
    case 0:
    case 108:
      return versioned(frame.subarray(4))
    // Raw IP; 12 and 14 are its numbers on some systems, 228 and 229 name the version.
    case 12:
    case 14:
    case 101:
    case 228:
    case 229:
      return versioned(frame)
    case 113:
      return afterType(frame, 14)
    case 276:
      return frame.length >= 20 ? ofType(frame.readUInt16BE(0), frame.subarray(20)) : undefined
    default:
      return 'unknown'
  }
}

/** `at`: where the ethertype stands; tags move it on. */
function afterType(frame: Buffer, at: number): Buffer | undefined {
  for (let tags = 0; tags <= maxTags && frame.length >= at + 2; tags++) {
    const type = frame.readUInt16BE(at)
    if (type !== ethertype.vlan && type !== ethertype.provider) return ofType(type, frame.subarray(at + 2))
    at += 4
  }
  return undefined
}

const ofType = (type: number, packet: Buffer): Buffer | undefined => (type === ethertype.ipv4 || type === ethertype.ipv6 ? versioned(packet) : undefined)

function versioned(packet: Buffer): Buffer | undefined {
  const version = (packet[0] ?? 0) >> 4
  return version === 4 || version === 6 ? packet : undefined
}
