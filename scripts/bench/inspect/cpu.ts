// Processor time of this process, and of its decoding children, in core-seconds. Linux.
import { readFileSync } from 'node:fs'

export interface Cpu {
  readonly own: number
  readonly children: number
}

/** Ticks of /proc a second. */
const ticks = 100

export function cpu(): Cpu {
  const { user, system } = process.cpuUsage()
  return { own: (user + system) / 1e6, children: decoders().reduce((sum, pid) => sum + secondsOf(pid), 0) }
}

export const since = (before: Cpu): Cpu => {
  const now = cpu()
  return { own: now.own - before.own, children: now.children - before.children }
}

function decoders(): readonly number[] {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim()
  return children === '' ? [] : children.split(' ').map(Number).filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('decoder-child'))
}

/** Fields 14 and 15 of stat, counted behind the name in brackets. */
function secondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticks
}
