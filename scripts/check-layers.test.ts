import t from 'tap'
import { checkFile } from './check-layers.ts'

const messages = (file: string, text: string): readonly string[] => checkFile(file, text).map((b) => b.message)

t.test('imports follow the table', async (t) => {
  t.same(messages('sip/a.ts', `import { x } from '../base/index.ts'`), [])
  t.same(messages('sip/a.ts', `import type { X } from '../media/index.ts'`), ['sip never knows media'])
  t.same(messages('inspect/a.ts', `import type { X } from '../media/index.ts'`), [])
  t.same(messages('inspect/a.ts', `import { x } from '../media/index.ts'`), ['inspect may import only types from media'])
  t.same(messages('inspect/a.ts', `import { type X } from '../media/index.ts'`), [])
  t.same(messages('api/a.ts', `import { x } from '../media/relay.ts'`), ['goes past the door of media: import media/index.ts'])
  t.same(messages('console/ui/a.ts', `import type { X } from '../../api/schema/camera.ts'`), [])
  t.same(messages('console/ui/a.ts', `import type { X } from '../../store/index.ts'`), ['console never knows store'])
  t.same(messages('service/start.ts', `import { x } from '../sip/index.ts'`), [])
  t.same(messages('sip/io/deep/a.ts', `export { x } from '../../../store/index.ts'`), ['sip never knows store'])
})

t.test('only the edges open anything', async (t) => {
  t.same(messages('sip/a.ts', `import { createSocket } from 'node:dgram'`), ['opens node:dgram: only io/, store/, api/ and main may'])
  t.same(messages('sip/a.ts', `import type { Socket } from 'node:dgram'`), [])
  t.same(messages('sip/io/a.ts', `import { createSocket } from 'node:dgram'; setTimeout(f, Date.now())`), [])
  t.same(messages('sip/a.ts', `const x = Date.now()`), ['Date.now: time and randomness are parameters'])
  t.same(messages('sip/a.ts', `setTimeout(f, 1)`), ['setTimeout: only the edges may'])
  t.same(messages('sip/a.ts', `process.env.X`), ['process: only the edges may'])
  t.same(messages('sip/a.ts', `clock.setTimeout(f, 1); const process = 1`), [])
  t.same(messages('sip/a.ts', `new Date()`), ['new Date(): time is a parameter'])
  t.same(messages('sip/a.ts', `new Date(0)`), [])
})

t.test('a door stays small', async (t) => {
  t.same(messages('sip/index.ts', 'export {}\n'.repeat(41)), ['a door has at most 40 lines'])
  t.same(messages('sip/message/index.ts', 'export {}\n'.repeat(41)), [])
})
