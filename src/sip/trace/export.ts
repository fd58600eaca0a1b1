// A trace as one pcapng file: messages as packets, notes and counts between them as packets of their own with the same text as a comment.
// draft-ietf-opsawg-pcapng 3.5 (opt_comment). Opens in Wireshark; secrets were taken out before anything was kept.
import { createPcapngWriter } from '../../base/index.ts'
import { writeNote } from './note-text.ts'
import { hideContacts } from './redact.ts'
import type { KeptMessage, TraceRecord } from './types.ts'

/** Ours: what one download holds at most, the latest first. */
export const maxExportBytes = 32 * 1024 * 1024

/** The file in pieces, so that nobody needs it whole in memory. Records are taken in the order given. `hidesContacts`: phone numbers of persons are blanked, too. */
export function* writeTrace(records: readonly TraceRecord[], application: string, { hidesContacts = false }: { readonly hidesContacts?: boolean } = {}): Generator<Buffer> {
  const writer = createPcapngWriter(application)
  yield writer.header()
  for (const record of withinBound(records)) {
    if (record.kind === 'message') yield writer.wire({ layer: 'signal', direction: record.direction, atUs: record.atUs, transport: record.remote.transport, local: record.local, remote: record.remote, bytes: wholeBytes(hidesContacts ? { ...record, text: hideContacts(record.text) } : record) })
    else yield writer.note(record.atUs, writeNote(record), true)
    if (record.kind === 'message' && record.length > record.text.length) yield writer.note(record.atUs, `the last ${record.length - record.text.length} bytes of the message before were not kept: blanks stand for them`, true)
  }
}

/** A message that was cut is filled up with blanks, or the rest of its connection could not be read. */
function wholeBytes({ text, length, remote }: KeptMessage): Buffer {
  const bytes = Buffer.alloc(remote.transport === 'udp' ? Math.min(length, 65_507) : length, 0x20)
  bytes.write(text, 'latin1')
  return bytes
}

function withinBound(records: readonly TraceRecord[]): readonly TraceRecord[] {
  let bytes = 0
  const from = records.findLastIndex((record) => {
    bytes += 200 + (record.kind === 'message' ? record.length : 0)
    return bytes > maxExportBytes
  })
  return from < 0 ? records : records.slice(from + 1)
}
