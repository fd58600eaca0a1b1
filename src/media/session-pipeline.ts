// The pipeline of a recorded session, by how its media came: of a port, or of an RTSP session with the messages that lay its tracks.
import { createPipeline } from './pipeline.ts'
import { createRtspPipeline } from './rtsp/pipeline.ts'
import type { Pipeline, StreamTransport } from './types.ts'

export function createSessionPipeline({ transport }: { readonly transport: StreamTransport }): Pipeline {
  return transport === 'rtsp-tcp' || transport === 'rtsp-udp' ? createRtspPipeline() : createPipeline({ transport })
}
