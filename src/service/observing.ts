// What inspections read recorded sessions with, live and replayed alike: the parsers of SIP and RTSP, and the pipeline of either.
import type { ReadSignal } from '../inspect/index.ts'
import { createSessionPipeline, readRtspSignal } from '../media/index.ts'
import { readSignal } from '../sip/index.ts'

const readAnySignal: ReadSignal = (bytes) => readSignal(bytes) ?? readRtspSignal(bytes)

export const observing = { createPipeline: createSessionPipeline, readSignal: readAnySignal }
