// How well the sharpness figure tells blurred pictures from sharp ones: every scene × blur × condition, beside the usual measures on the same frames.
//   npm run bench -- sharpness [--quick] [--heights 1080,720] [--half test|tuning] [--scenes N] [--only NAME,NAME] [--conditions NAME,NAME] [--every-original] [--workers N] [--out FILE] [--from FILE]
//     [--root FOLDER] [--frames FOLDER] [--make-only]
// Needs Debian's packages of photographs (named when they are missing), installed, or unpacked into --root (`dpkg-deb -x PACKAGE.deb FOLDER`). --frames keeps the degraded
// frames in a folder and reads them from there: they cost far more than the figures. --make-only does nothing else. The tables are what docs/sharpness.md prints; --out keeps what was seen, --from prints
// the tables of such a file again. --every-original: also those that are not oversampled (conditions.ts says why they count apart).
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { blurs, conditionsAt, heights, isWanted, quick } from './sharpness/conditions.ts'
import { look } from './sharpness/look.ts'
import { scenes, type Scene } from './sharpness/scenes.ts'
import { printTables, type Seen } from './sharpness/tables.ts'

const options = {
  quick: { type: 'boolean', default: false },
  half: { type: 'string' },
  heights: { type: 'string', default: heights.join(',') },
  scenes: { type: 'string' },
  only: { type: 'string' },
  conditions: { type: 'string' },
  'every-original': { type: 'boolean', default: false },
  workers: { type: 'string' },
  part: { type: 'string' },
  root: { type: 'string', default: '/' },
  frames: { type: 'string' },
  'make-only': { type: 'boolean', default: false },
  out: { type: 'string' },
  from: { type: 'string' },
} as const

const read = (file: string): readonly Seen[] => JSON.parse(readFileSync(file, 'utf8')) as readonly Seen[]

export async function run(): Promise<void> {
  const { values } = parseArgs({ args: process.argv.slice(3), options })
  if (values.from !== undefined) return printTables(values.from.split(',').flatMap(read))
  const missing = new Set(scenes.filter((scene) => fileOf(scene, values.root) === undefined).map(({ from }) => from))
  if (missing.size > 0) {
    process.stderr.write(`photographs are missing: apt-get install ${[...missing].join(' ')}\n`)
    process.exitCode = 2
    return
  }
  if (values.part !== undefined) return lookAtPart(values)
  const started = performance.now()
  const seen = await lookInWorkers(Number(values.workers ?? Math.min(4, availableParallelism())))
  if (values.out !== undefined) writeFileSync(values.out, JSON.stringify(seen))
  process.stdout.write(`${seen.length} frames of ${new Set(seen.map(({ scene }) => scene)).size} scenes in ${Math.round((performance.now() - started) / 1000)} s\n`)
  printTables(seen)
}

/** Installed, or unpacked below `root`. */
const fileOf = ({ file }: Scene, root: string): string | undefined => [file, join(root, file)].find((path) => existsSync(path))

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values']

/** Writes what was seen so far after each scene: a run that is cut has said something. */
async function lookAtPart(values: Values): Promise<void> {
  const [part = 0, parts = 1] = (values.part ?? '').split('/').map(Number)
  const ofHalf = (half: string): typeof scenes => scenes.filter((scene) => scene.half === half && (values.half ?? half) === half).slice(0, values.quick ? quick.scenesPerHalf : Number(values.scenes ?? scenes.length))
  const [tuning, test] = [ofHalf('tuning'), ofHalf('test')]
  const wanted = Array.from({ length: Math.max(tuning.length, test.length) }, (_, n) => [tuning[n], test[n]]).flat().flatMap((scene) => (scene && (values.only === undefined || values.only.split(',').includes(scene.name)) ? [scene] : []))
  const seen: Seen[] = []
  for (const [index, scene] of wanted.entries()) {
    if (index % parts !== part) continue
    for (const height of heights) {
      if (values.quick ? height !== quick.height : !values.heights.split(',').includes(String(height))) continue
      const cells = blurs.flatMap((blur) => conditionsAt(height).map((condition) => ({ blur, condition }))).filter(({ blur, condition }) => (values.quick ? quick.isWanted(blur, condition) : isWanted(blur, condition)) && (values.conditions === undefined || values.conditions.split(',').includes(condition.name)))
      seen.push(...(await look({ ...scene, file: fileOf(scene, values.root) ?? scene.file }, height, cells, { seed: 1, wantsEvery: values['every-original'], isMakingOnly: values['make-only'], ...(values.frames !== undefined && { folder: values.frames }) })))
    }
    writeFileSync(values.out ?? 'out.json', JSON.stringify(seen))
    process.stderr.write(`${scene.name} `)
  }
}

/** As many processes as there are cores, each with its share of the scenes. */
async function lookInWorkers(workers: number): Promise<readonly Seen[]> {
  const folder = mkdtempSync(join(tmpdir(), 'yiji-sharpness-'))
  const program = fileURLToPath(new URL('./main.ts', import.meta.url))
  try {
    const parts = Array.from({ length: workers }, (_, part) => ({ part, file: join(folder, `${part}.json`) }))
    await Promise.all(
      parts.map(({ part, file }) => {
        const child = spawn(process.execPath, [program, 'sharpness', ...process.argv.slice(3).filter((each, index, all) => each !== '--out' && all[index - 1] !== '--out'), '--part', `${part}/${workers}`, '--out', file], { stdio: ['ignore', 'ignore', 'inherit'] })
        return new Promise<void>((resolve, reject) => child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a part ended with ${code}`)))))
      }),
    )
    process.stderr.write('\n')
    return parts.flatMap(({ file }) => read(file))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
