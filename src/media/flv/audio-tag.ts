// FLV audio tags of AAC. Adobe FLV 10.1 Annex E.4.2: the rate and channels of the tag are fixed, those of AudioSpecificConfig count.
import { writeTag } from './tag.ts'

const audioTag = 8
// format 4 = 10 AAC | rate 2 = 3 | 16 bits 1 | stereo 1
const aac = 0xaf
const sequenceStart = 0
const raw = 1

/** `config`: AudioSpecificConfig. */
export const flvAudioHeader = (config: Buffer, timestampMs: number): Buffer => writeTag(audioTag, [Buffer.from([aac, sequenceStart]), config], timestampMs)

/** One access unit without ADTS. */
export const flvAudioTag = (data: Buffer, timestampMs: number): Buffer => writeTag(audioTag, [Buffer.from([aac, raw]), data], timestampMs)
