// What an inspection leaves on disk: EVIDENCE/<id>/ with recordings/, keyframes/, pictures/ and the published population. Each file is written under a
// temporary name and renamed when it is whole.
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../../base/index.ts'
import type { Check, Evidence, PopulationMember } from '../types.ts'
import { createRecording, type RecordingFile, type RecordingOptions } from './recording-file.ts'

export interface EvidenceFolder {
  readonly path: string
  /** The frozen population: the list that is hashed (population.tsv), and in full with its findings (population.json). */
  readonly savePopulation: (text: string, members: readonly PopulationMember[]) => Promise<void>
  /** A list as it was published, under its own name in the folder. */
  readonly saveList: (file: string, text: string) => Promise<void>
  /** What an earlier run left of this recording, cut by the end of the service, gets a name of its own (`….1.cut`). How many there are. */
  readonly keepCut: (file: string) => Promise<number>
  readonly recording: (file: string, options: Omit<RecordingOptions, 'path'>) => Promise<RecordingFile>
  /** As it would be named, of bytes that are not to stay. */
  readonly nameKeyframe: (file: string, bytes: Buffer) => Evidence
  readonly saveKeyframe: (file: string, bytes: Buffer) => Promise<Evidence>
  readonly savePicture: (file: string, jpeg: Buffer) => Promise<Evidence>
  readonly saveVerdict: (file: string, check: Check) => Promise<Evidence>
}

/** `hasRoom`: the disk may be recorded on. Throws AppError `data.unwritable`. */
export async function openEvidenceFolder(path: string, hasRoom: () => boolean = () => true): Promise<EvidenceFolder> {
  try {
    for (const part of ['recordings', 'keyframes', 'pictures']) await mkdir(join(path, part), { recursive: true })
  } catch (error) {
    throw new AppError('data.unwritable', `${path} cannot be made: ${error instanceof Error ? error.message : String(error)}`)
  }
  const save = async (file: string, bytes: Buffer): Promise<string> => {
    const target = join(path, file)
    await writeFile(`${target}.part`, bytes, { mode: 0o640 })
    await rename(`${target}.part`, target)
    return createHash('sha256').update(bytes).digest('hex')
  }
  return {
    path,
    savePopulation: async (text, members) => {
      await save('population.tsv', Buffer.from(text))
      await save('population.json', Buffer.from(`${JSON.stringify(members, null, 1)}\n`))
    },
    saveList: async (file, text) => void (await save(file, Buffer.from(text))),
    keepCut: async (file) => {
      const base = join(path, file.replace(/\.pcapng$/, ''))
      let count = 0
      while (await isThere(`${base}.${count + 1}.cut`)) count++
      if (!(await isThere(`${base}.pcapng.part`))) return count
      await rename(`${base}.pcapng.part`, `${base}.${count + 1}.cut`)
      return count + 1
    },
    recording: (file, options) => createRecording({ ...options, path: join(path, file), hasRoom }),
    nameKeyframe: (file, bytes) => ({ file, sha256: createHash('sha256').update(bytes).digest('hex'), kind: 'keyframe', size: bytes.length }),
    saveKeyframe: async (file, bytes) => ({ file, sha256: await save(file, bytes), kind: 'keyframe', size: bytes.length }),
    savePicture: async (file, jpeg) => ({ file, sha256: await save(file, jpeg), kind: 'picture', size: jpeg.length }),
    saveVerdict: async (file, check) => {
      const bytes = Buffer.from(`${JSON.stringify(check, null, 1)}\n`)
      return { file, sha256: await save(file, bytes), kind: 'verdict', size: bytes.length }
    },
  }
}

const isThere = (path: string): Promise<boolean> => stat(path).then(() => true, () => false)

/** Recordings named by the paths: files as they are, folders searched through. Sorted. Throws AppError `recording.invalid` for a path that is not there. */
export async function findRecordings(paths: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    paths.map(async (path) => {
      const entry = await stat(path).catch(() => undefined)
      if (!entry) throw new AppError('recording.invalid', `there is no ${path}`)
      if (!entry.isDirectory()) return [path]
      const names = await readdir(path, { recursive: true })
      return names.filter((name) => name.endsWith('.pcapng')).map((name) => join(path, name))
    }),
  )
  return [...new Set(found.flat())].sort()
}

/** The verdict kept beside a recording, if one is. Throws AppError `recording.invalid` when it is there and unreadable. */
export async function readKept(recording: string): Promise<Check | undefined> {
  const file = join(dirname(recording), `${basename(recording, '.pcapng')}.json`)
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as Check
  } catch {
    throw new AppError('recording.invalid', `${file} is no JSON`)
  }
}
