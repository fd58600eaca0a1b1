import { readFileSync, readdirSync } from 'node:fs'
import t from 'tap'
import { ParseError } from '../../base/index.ts'
import { chew } from '../../base/chew.ts'
import { actionsOf, parseMansRtsp, requestOf, writeMansRtsp, type PlaybackAction } from './mansrtsp.ts'

const folder = new URL('../../../fixtures/mansrtsp/', import.meta.url)
const fixture = (name: string): Buffer => readFileSync(new URL(name, folder))
const files = readdirSync(folder).filter((name) => name.endsWith('.rtsp'))

const standard: readonly (readonly [string, number, PlaybackAction])[] = [
  ['pause.rtsp', 1, { action: 'pause' }],
  ['resume.rtsp', 2, { action: 'resume' }],
  ['scale.rtsp', 3, { action: 'scale', scale: 0.25 }],
  ['seek.rtsp', 4, { action: 'seek', seconds: 100 }],
  ['reverse.rtsp', 5, { action: 'reverse', scale: -1, from: 600, to: 120 }],
  ['teardown.rtsp', 6, { action: 'teardown' }],
]

t.test('each action is written as the standard has it, byte for byte, and read back', async (t) => {
  for (const [name, cseq, action] of standard) {
    t.equal(writeMansRtsp(requestOf(action, cseq)).toString(), fixture(name).toString(), name)
    const read = parseMansRtsp(fixture(name))
    t.match(read, { type: 'request', protocol: 'RTSP/1.0', cseq })
    t.same(read.type === 'request' && actionsOf(read), [action], name)
  }
  t.match(requestOf({ action: 'reverse' }, 1), { scale: -1 })
})

t.test('both start lines, and how platforms of 2013 write', async (t) => {
  const actions = (name: string) => {
    const read = parseMansRtsp(fixture(name))
    return read.type === 'request' ? actionsOf(read) : []
  }
  t.match(parseMansRtsp(fixture('mansrtsp-seek-and-scale.rtsp')), { protocol: 'MANSRTSP/1.0', cseq: 3, scale: 8, range: { from: 2134 } })
  t.same(actions('mansrtsp-seek-and-scale.rtsp'), [{ action: 'seek', seconds: 2134 }, { action: 'scale', scale: 8 }])
  t.same(actions('mansrtsp-resume-by-scale.rtsp'), [{ action: 'scale', scale: 1 }])
  t.match(parseMansRtsp(fixture('mansrtsp-pause-zero.rtsp')), { method: 'PAUSE', pauseTime: 0 })
  t.same(actions('clock-time.rtsp'), [{ action: 'seek', seconds: 100.5 }])
})

t.test('answers', async (t) => {
  t.same(parseMansRtsp(fixture('answer.rtsp')), { type: 'response', protocol: 'RTSP/1.0', status: 200, reason: 'OK', cseq: 6, range: { from: 100 }, rtpInfo: { seq: 1, rtptime: 1 } })
  t.match(parseMansRtsp(fixture('answer-refused.rtsp')), { status: 455, reason: 'Method Not Valid in This State' })
})

t.test('every sound fixture survives parse, write, parse; damaged ones are refused', async (t) => {
  for (const name of files) {
    if (name.startsWith('damaged-')) t.throws(() => parseMansRtsp(fixture(name)), { code: 'mansrtsp.malformed' }, name)
    else t.same(parseMansRtsp(writeMansRtsp(parseMansRtsp(fixture(name)))), parseMansRtsp(fixture(name)), name)
  }
  t.throws(() => parseMansRtsp(Buffer.alloc(5000, 'P')), { code: 'mansrtsp.malformed' }, 'too long')
})

t.test('chewed bodies raise ParseError and nothing else', async (t) => {
  let refused = 0
  for (const bytes of chew(files.map(fixture), 4000, 2326)) {
    const before = Buffer.from(bytes)
    try {
      const read = parseMansRtsp(bytes)
      if (read.type === 'request') actionsOf(read)
      parseMansRtsp(writeMansRtsp(read))
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
      refused++
    }
    t.ok(before.equals(bytes))
  }
  t.ok(refused > 500 && refused < 4000, `${refused} of 4000 refused`)
})
