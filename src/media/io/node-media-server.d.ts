// The one part of node-media-server 4.4 that is used: its RTMP protocol, without its servers. It has no types of its own.
declare module 'node-media-server/src/protocol/rtmp.js' {
  export interface RtmpCommand {
    readonly cmd?: unknown
    readonly transId?: unknown
    readonly streamName?: unknown
  }
  export default class Rtmp {
    streamApp: unknown
    streamId: number
    readonly inPackets: ReadonlyMap<number, unknown>
    readonly parserPacket: { readonly header: { readonly length: number; readonly stream_id: number } }
    onOutputCallback: (bytes: Buffer) => void
    onPacketCallback: (packet: unknown) => void
    /** Called for the command of the same name. */
    onPlay: (command: RtmpCommand) => void
    onPublish: (command: RtmpCommand) => void
    onDeleteStream: (command: RtmpCommand) => void
    /** Makes room for the message whose header was read. */
    packetAlloc: () => void
    /** What it cannot read, or it throws. */
    parserData: (bytes: Buffer) => string | null
    respondPlay: () => void
    sendStreamStatus: (event: number, messageStream: number) => void
    sendStatusMessage: (messageStream: number, level: 'status' | 'error', code: string, description: string) => void
  }
}
declare module 'node-media-server/src/core/logger.js' {
  const logger: { level: string }
  export default logger
}
