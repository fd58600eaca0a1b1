// The door of base: what every module may lean on.
export { manualClock, systemClock, type Cancel, type Clock, type ManualClock } from './clock.ts'
export { readCapture, type Capture, type CapturedPayload } from './capture.ts'
export { AppError, ParseError, type ErrorCode } from './errors.ts'
export { silentLog, type Fields, type Log } from './log.ts'
export { runMachine, type Machine, type MachineOptions, type Step, type TimerEffect } from './machine.ts'
export { boundedQueue, type BoundedQueue } from './queue.ts'
export { createPcapngWriter, readPcapng, type Captured, type CapturedWire, type PcapngWriter } from './pcapng.ts'
export { seededBytes, seededRandom, systemRandom, type RandomBytes } from './random.ts'
