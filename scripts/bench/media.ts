// What the media path costs: cores a stream while receiving and while one viewer watches each, memory, latency, joining, many viewers of
// one stream; against a Node program that only receives and counts, in the same run. Says of each aim whether it was met. Linux. It needs
// the load kit: paced PS/RTP devices (psload), checking players (flvpull) and floors (nodecount.mjs), built into one folder, and an H.264
// file with a keyframe each 2 s:
//   npm run bench -- media --kit DIR --media FILE.264 [--streams 1,25,100] [--tcp] [--seconds 10] [--players 300] [--latency 25] [--no-psm] [--first] [--beside] [--threads 1] [--flags "--max-semi-space-size=8"]
import { parseArgs } from 'node:util'
import type { Setting } from './media/programs.ts'
import { firstKeyframe, latency, players, streams } from './media/steps.ts'
import { sumUp, type Aim } from './media/verdict.ts'

const { values: options } = parseArgs({
  args: process.argv.slice(3),
  strict: true,
  options: {
    kit: { type: 'string', default: '' },
    media: { type: 'string', default: '' },
    streams: { type: 'string', default: '1,25,100' },
    tcp: { type: 'boolean', default: false },
    'no-psm': { type: 'boolean', default: false },
    seconds: { type: 'string', default: '10' },
    players: { type: 'string', default: '' },
    latency: { type: 'string', default: '' },
    beside: { type: 'boolean', default: false },
    first: { type: 'boolean', default: false },
    threads: { type: 'string', default: '1' },
    flags: { type: 'string', default: '' },
  },
})

export async function run(): Promise<void> {
  const { kit, media } = options
  if (!kit || !media) throw new Error('say where the load kit is and what to send: --kit DIR --media FILE.264')
  const setting: Setting = { kit, media, mode: options.tcp ? 'tcp' : 'udp', seconds: Number(options.seconds), hasMap: !options['no-psm'], isBeside: options.beside, threads: Number(options.threads), flags: options.flags.split(' ').filter(Boolean) }
  const aims: Aim[] = []
  for (const count of options.streams.split(',').filter(Boolean).map(Number)) aims.push(...(await streams(setting, count)))
  if (options.players) aims.push(...(await players(setting, Number(options.players))))
  if (options.latency) aims.push(...(await latency(setting, Number(options.latency))))
  if (options.first) aims.push(...(await firstKeyframe(setting)))
  sumUp(aims)
}
