// FLV file header. Adobe FLV File Format 10.1 Annex E.2.

// 'F' 'L' 'V' | version 1 | 00000 audio 1, 0, video 1 | header size 32 | PreviousTagSize0 32
/** The flags must tell the tracks that really come: mpegts.js waits for an announced one for ever. */
export function flvHeader({ hasVideo, hasAudio }: { readonly hasVideo: boolean; readonly hasAudio: boolean }): Buffer {
  const flags = (hasAudio ? 0x04 : 0) | (hasVideo ? 0x01 : 0)
  return Buffer.from([0x46, 0x4c, 0x56, 1, flags, 0, 0, 0, 9, 0, 0, 0, 0])
}
