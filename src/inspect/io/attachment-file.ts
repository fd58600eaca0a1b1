// Files that come with an appeal: of few kinds, known by their first bytes and not only by their name, bounded, hashed as they are written.
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { AppError } from '../../base/index.ts'

/** Ours: a scanned letter with photographs, or half a minute of video from a telephone. */
export const maxAttachmentBytes = 20 * 1024 * 1024

interface AttachmentType {
  readonly contentType: string
  readonly begins: (bytes: Buffer) => boolean
}

const starts = (...bytes: readonly number[]) => (head: Buffer): boolean => bytes.every((byte, at) => head[at] === byte)
/** [Content_Types].xml is the first part of what word processors write, but any ZIP may be one. */
const zip = starts(0x50, 0x4b, 0x03, 0x04)

const types: Readonly<Record<string, AttachmentType>> = {
  '.pdf': { contentType: 'application/pdf', begins: starts(0x25, 0x50, 0x44, 0x46, 0x2d) },
  '.jpg': { contentType: 'image/jpeg', begins: starts(0xff, 0xd8, 0xff) },
  '.jpeg': { contentType: 'image/jpeg', begins: starts(0xff, 0xd8, 0xff) },
  '.png': { contentType: 'image/png', begins: starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a) },
  '.docx': { contentType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', begins: zip },
  '.xlsx': { contentType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', begins: zip },
  '.mp4': { contentType: 'video/mp4', begins: (head) => head.toString('latin1', 4, 8) === 'ftyp' },
  '.txt': { contentType: 'text/plain; charset=utf-8', begins: (head) => !head.includes(0) },
}

export interface Attachment {
  readonly id: string
  readonly name: string
  readonly contentType: string
  readonly file: string
  readonly size: number
  readonly sha256: string
}

/** By its name. Throws AppError `request.invalid`. */
export function attachmentTypeOf(name: string): AttachmentType {
  const type = types[extname(name).toLowerCase()]
  if (!type) throw new AppError('request.invalid', `"${plainName(name)}" is of no kind that is taken: ${Object.keys(types).join(', ')}`)
  return type
}

/** Last part of a path of any system, without what a terminal or a header would take for more. */
const plainName = (name: string): string => (basename(name.replaceAll('\\', '/')).replace(/[\p{Cc}\p{Cf}"]/gu, '').slice(-120) || 'file')

/** Whole or not at all. Throws AppError `request.invalid`, `disk.full`, `data.unwritable`. */
export async function saveAttachment({ evidenceDir, inspection, n, name, bytes, maxBytes }: { readonly evidenceDir: string; readonly inspection: string; readonly n: number; readonly name: string; readonly bytes: AsyncIterable<Buffer>; readonly maxBytes: number }): Promise<Attachment> {
  const { contentType, begins } = attachmentTypeOf(name)
  const id = randomBytes(8).toString('hex')
  const file = `attachments/${String(n).padStart(2, '0')}-${id}${extname(name).toLowerCase()}`
  const { size, sha256 } = await saveStream(join(evidenceDir, inspection, file), bytes, maxBytes, (head) => {
    if (!begins(head)) throw new AppError('request.invalid', `"${plainName(name)}" is not what its name says`)
  })
  return { id, name: plainName(name), contentType, file, size, sha256 }
}

/** Written under a temporary name and renamed when it is whole; `look` sees the first bytes. */
export async function saveStream(path: string, bytes: AsyncIterable<Buffer>, maxBytes: number, look: (head: Buffer) => void): Promise<{ readonly size: number; readonly sha256: string }> {
  const hash = createHash('sha256')
  let size = 0
  let isSeen = false
  let head = Buffer.alloc(0)
  const see = (): void => {
    if (isSeen) return
    isSeen = true
    look(head)
  }
  const part = `${path}.part`
  try {
    await mkdir(join(path, '..'), { recursive: true })
    const handle = await open(part, 'w', 0o640)
    try {
      for await (const chunk of bytes) {
        size += chunk.length
        if (size > maxBytes) throw new AppError('request.invalid', `a file may have ${Math.floor(maxBytes / 1024 / 1024)} MiB at most`)
        if (!isSeen) head = Buffer.concat([head, chunk])
        if (head.length >= headBytes) see()
        hash.update(chunk)
        await handle.write(chunk)
      }
      if (size === 0) throw new AppError('request.invalid', 'the file is empty')
      see()
      await handle.datasync()
    } finally {
      await handle.close()
    }
    await rename(part, path)
    return { size, sha256: hash.digest('hex') }
  } catch (error) {
    await rm(part, { force: true })
    throw refusal(error, path)
  }
}

/** What was taken and turned out to be nothing to keep. */
export const dropFile = (path: string): Promise<void> => rm(path, { force: true })

const headBytes = 64

function refusal(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (error instanceof AppError || typeof code !== 'string') return error
  if (code === 'ENOSPC' || code === 'EDQUOT') return new AppError('disk.full', `no space left for ${path}: free some and send the file again`)
  return new AppError('data.unwritable', `${path} cannot be written (${code})`)
}
