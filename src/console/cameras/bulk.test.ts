import t from 'tap'
import { setImmediate as turn } from 'node:timers/promises'
import { RequestProblem } from '../client/http.ts'
import { runAll } from './bulk.ts'

const refuse = (status: number, code: string): never => {
  throw new RequestProblem({ type: 'about:blank', title: 'no', status, code })
}

t.test('four at a time, each once; what failed is named, the rest is done', async (t) => {
  const items = Array.from({ length: 50 }, (_none, n) => n)
  let running = 0
  let most = 0
  const steps: number[] = []
  const run = await runAll(items, async (n) => {
    most = Math.max(most, ++running)
    await turn()
    running -= 1
    if (n % 10 === 3) refuse(409, 'conflict')
  }, { signal: new AbortController().signal, onStep: ({ done, failed }) => void steps.push(done.length + failed.length) })
  t.equal(most, 4)
  t.same(run.failed.map(({ item }) => item).sort((a, b) => a - b), [3, 13, 23, 33, 43])
  t.equal(run.failed[0]?.problem.code, 'conflict')
  t.equal(run.done.length, 45)
  t.same(run.left, [])
  t.same(steps, Array.from({ length: 50 }, (_none, n) => n + 1))
})

t.test('stopped, or without a session: what was not begun is left, not failed', async (t) => {
  const items = Array.from({ length: 100 }, (_none, n) => n)
  const stop = new AbortController()
  const stopped = await runAll(items, async (n) => n === 9 && stop.abort(), { signal: stop.signal, onStep: () => {} })
  t.ok(stopped.left.length > 80)
  t.equal(stopped.done.length + stopped.left.length, 100)
  const expired = await runAll(items, async (n) => n === 5 && refuse(401, 'auth.required'), { signal: new AbortController().signal, onStep: () => {} })
  t.equal(expired.failed.length, 1)
  t.ok(expired.left.length > 80)
})
