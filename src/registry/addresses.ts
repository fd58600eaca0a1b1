// What an address may look like: IPv4, IPv6, MAC.

export function isIpv4(text: string): boolean {
  return /^(\d{1,3})(\.\d{1,3}){3}$/.test(text) && text.split('.').every((part) => Number(part) <= 255 && !/^0\d/.test(part))
}

/** RFC 4291 2.2, without zone: eight groups, one run of zeros may be "::", the last two groups may be IPv4. */
export function isIpv6(text: string): boolean {
  const halves = text.split('::')
  if (halves.length > 2) return false
  let groups = 0
  for (const [index, half] of halves.entries()) {
    const parts = half === '' ? [] : half.split(':')
    for (const [at, part] of parts.entries()) {
      const isLast = index === halves.length - 1 && at === parts.length - 1
      if (isLast && isIpv4(part)) groups += 2
      else if (/^[0-9a-f]{1,4}$/i.test(part)) groups++
      else return false
    }
  }
  return halves.length === 2 ? groups <= 7 : groups === 8
}

/** As it is stored: six pairs of capital hexadecimal digits with dashes (GB/T 28181-2022 A.2.1.9). */
export const isMac = (text: string): boolean => /^([0-9A-F]{2}-){5}[0-9A-F]{2}$/.test(text)
