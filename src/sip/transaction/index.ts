// Transactions: the four machines and the layer that runs them. RFC 3261 17.
export type { Limits } from './admission.ts'
export { createTransactionLayer, type LayerOptions, type LayerStats, type WirelessLayer } from './layer.ts'
export type { Wire } from './wire.ts'
