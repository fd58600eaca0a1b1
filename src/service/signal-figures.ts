// Figures of the signalling as /metrics names them.
import type { SignalFigures } from '../api/index.ts'
import type { Moves, UserAgentStats } from '../sip/index.ts'

/** Those that only count up end in `_total`. */
export function signalFigures(stats: UserAgentStats, moves: ReturnType<Moves['stats']>): SignalFigures {
  const gauge = (name: string, value: number) => ({ name: `sip_${name}`, isCounter: false, value })
  const counter = (name: string, value: number) => ({ name: `sip_${name}_total`, isCounter: true, value })
  return [
    gauge('devices', stats.devices),
    gauge('bindings', stats.bindings),
    gauge('devices_online', stats.online),
    gauge('exchanges_running', stats.exchanges.running),
    gauge('exchanges_waiting', stats.exchanges.waiting),
    counter('exchanges_refused', stats.exchanges.refused),
    gauge('introductions_running', stats.introductions.running),
    gauge('introductions_waiting', stats.introductions.waiting),
    gauge('subscriptions', stats.subscriptions),
    gauge('sessions', stats.sessions),
    gauge('client_transactions', stats.clientTransactions),
    gauge('server_transactions', stats.serverTransactions),
    gauge('connections', stats.connections),
    counter('unreadable', stats.unreadable),
    counter('refused', stats.refused),
    counter('dropped', stats.dropped),
    counter('overload', stats.overload),
    counter('alarms_merged', stats.alarmsMerged),
    gauge('movements', moves.moving),
    gauge('stops_due', moves.stopping),
    counter('stops_lost', moves.lostStops),
  ]
}
