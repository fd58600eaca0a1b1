// `yiji score` as a user meets it: labelled folders, names and trouble, with pictures that are drawn, blurred and written as files.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import t from 'tap'
import { seededRandom } from '../base/index.ts'
import { labelOf, scoreLabelled, type Labelled, type Scored } from '../inspect/index.ts'

const root = new URL('../..', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'yiji-score-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))

const yiji = (...args: readonly string[]): { code: number | null; stdout: string; stderr: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/yiji.js', 'score', ...args], { cwd: root, encoding: 'utf8' })
  return { code: status, stdout, stderr }
}

/** Tiles of many tones, some with bars: edges both ways everywhere. */
function tiles(seed: number): string {
  const random = seededRandom(seed)
  const parts: string[] = []
  for (let y = 0; y < 720; y += 40) {
    for (let x = 0; x < 1280; x += 40) {
      const tone = 40 + Math.floor(random() * 180)
      parts.push(`<rect x="${x}" y="${y}" width="40" height="40" fill="rgb(${tone},${tone},${tone - 20})"/>`)
      for (let bar = 0; bar < 6; bar++) parts.push(`<rect x="${x + Math.floor(random() * 36)}" y="${y + Math.floor(random() * 36)}" width="${2 + Math.floor(random() * 9)}" height="${2 + Math.floor(random() * 9)}" fill="rgb(${Math.floor(random() * 255)},90,90)"/>`)
    }
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="720">${parts.join('')}</svg>`
}
async function draw(file: string, seed: number, blur: number): Promise<void> {
  const picture = sharp(Buffer.from(tiles(seed))).removeAlpha()
  await (blur > 0 ? picture.blur(blur) : picture).toFile(file)
}

t.test('a labelled folder is scored, picture by picture and in sum', async (t) => {
  for (const name of ['clear', 'unclear', '存疑']) mkdirSync(join(folder, name))
  await draw(join(folder, 'clear', 'a.png'), 1, 0)
  await draw(join(folder, 'clear', 'b.jpg'), 2, 0)
  await draw(join(folder, 'unclear', 'c.jpeg'), 3, 4)
  await draw(join(folder, 'unclear', 'wrongly.png'), 4, 0)
  await draw(join(folder, '存疑', 'd.png'), 5, 1.1)
  await draw(join(folder, 'unclear-by-name.PNG'), 6, 4)
  await draw(join(folder, 'nobody-said.png'), 7, 0)
  const { code, stdout, stderr } = yiji(folder)
  t.equal(code, 0, stderr)
  t.match(stdout, /clear\/a\.png +1280×720 +\d\.\d\d px +clear +labelled clear\n/)
  t.match(stdout, /unclear\/wrongly\.png .* clear +labelled unclear {2}\*/)
  t.match(stdout, /labelled clear, called unclear: +0\/2 = 0\.0 %/)
  t.match(stdout, /labelled unclear, called clear: +1\/3 = 33\.3 %/)
  t.match(stdout, /1 pictures without a label were left out/)
  const said = JSON.parse(yiji(folder, '--json').stdout) as Scored & { readonly ruleSet: { readonly name: string } }
  t.same([said.pictures.length, said.confusion.clear.clear, said.confusion.unclear.unclear, said.missed.of, said.ruleSet.name], [6, 2, 2, 3, 'default'])
})

t.test('what cannot be scored is one clear line', async (t) => {
  const none = join(folder, 'none')
  mkdirSync(none)
  for (const [args, line] of [
    [[join(folder, 'nowhere')], /^yiji: the folder cannot be read: .*\n$/],
    [[none], /^yiji: there is no JPEG or PNG in .*\n$/],
    [[join(root, 'package.json')], /^yiji: .* is not a folder\n$/],
    [[folder, '--rules', 'nobody'], /^yiji: there is no rule set "nobody".*\n$/],
  ] as const) {
    const { code, stdout, stderr } = yiji(...args)
    t.equal(code, 2, args.join(' '))
    t.match(stderr, line)
    t.equal(stdout, '')
  }
  await draw(join(none, 'x.png'), 1, 0)
  t.match(yiji(none).stderr, /none of the 1 pictures .* has a label/)
  writeFileSync(join(none, 'clear-broken.jpg'), 'no picture')
  t.match(yiji(none), { code: 2, stderr: /cannot be read as a picture/ })
  await draw(join(none, 'clear-one.png'), 1, 0)
  const partly = yiji(none)
  t.equal(partly.code, 1, 'what could not be read is told by the exit code')
  t.match(partly.stdout, /1 pictures could not be read/)
})

t.test('labels and rates', async (t) => {
  t.same(['clear', 'Unclear_01.jpg', '不清晰', '清晰', '存疑-3', 'doubtful', 'street', 'blurred'].map(labelOf), ['clear', 'unclear', 'unclear', 'clear', 'doubtful', 'doubtful', undefined, 'unclear'])
  const one = (label: Labelled['label'], blurPx: number | undefined, band: Labelled['band']): Labelled => ({ file: 'x', label, band, width: 1, height: 1, ...(blurPx === undefined ? {} : { blurPx }) })
  const scored = scoreLabelled([one('clear', 0.5, 'clear'), one('clear', 2, 'unclear'), one('unclear', 2, 'unclear'), one('unclear', 5, 'unclear'), one('unclear', undefined, 'undetermined')])
  t.equal(scored.auc, 0.875, 'a tie counts half, what has no figure is left out')
  t.match(scored, { falseUnclear: { count: 1, of: 2, rate: 0.5 }, missed: { count: 1, of: 3 }, calledClear: { count: 0, of: 3 }, confusion: { unclear: { undetermined: 1 } } })
  t.match(scoreLabelled([]), { auc: null, falseUnclear: { of: 0, rate: null, interval95: null } })
})
