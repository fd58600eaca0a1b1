// The figures of a user agent, for metrics.
import type { UserAgentStats } from './exchange/asking.ts'
import type { Device } from './device.ts'
import type { OpenTransactionLayer } from './io/open.ts'

export interface Counted extends Pick<UserAgentStats, 'exchanges' | 'introductions' | 'sessions'> {
  readonly devices: Iterable<Device>
  readonly layer: ReturnType<OpenTransactionLayer['stats']>
}

export function userAgentStats({ devices: each, exchanges, introductions, sessions, layer }: Counted): UserAgentStats {
  let [devices, bindings, online, subscriptions, alarmsMerged] = [0, 0, 0, 0, 0]
  for (const device of each) {
    devices++
    if (device.binding()) bindings++
    if (device.presence() === 'online' || device.presence() === 'late') online++
    for (const { state } of device.subscriptions.peek()?.views() ?? []) if (state === 'active' || state === 'refreshing') subscriptions++
    alarmsMerged += device.alarmsMerged()
  }
  const { clientTransactions, serverTransactions, connections, unreadable, refused, dropped, overload } = layer
  return {
    devices, bindings, online, subscriptions, alarmsMerged, sessions, introductions: { running: introductions.running, waiting: introductions.waiting }, exchanges,
    clientTransactions, serverTransactions, connections, unreadable, refused, dropped, overload,
  }
}
