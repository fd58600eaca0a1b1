// The door of media.
export type * from './types.ts'
export { createPorts, type PortFigures, type Ports } from './ports.ts'
export { createRelays, type RelaysOptions } from './relays.ts'
export { createReceivers, type ReceiversOptions } from './io/receivers.ts'
export type { OpenReceiver, Receiver, ReceiverListener, Source } from './attempt.ts'
export type { RelayTimes } from './relay.ts'
