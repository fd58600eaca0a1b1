// The door of simulator: a fleet of cameras that speak the real protocol.
export { clipsFor, startFleet, type FleetOptions } from './io/fleet.ts'
export { parseScenario } from './scenario.ts'
export type * from './types.ts'
