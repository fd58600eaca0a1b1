// Whom the 302 is for, and that nobody is sent to and fro.
import t from 'tap'
import { createRedirect } from './redirect.ts'

const to = 'sip:34020000002000000002@192.0.2.9:5060'
const anew = (count: number) => ({ isRegistered: false, count })
const minute = 60_000_000

t.test('without a policy nobody is sent', async (t) => {
  t.equal(createRedirect(undefined).target('1', anew(100_000), 0), undefined)
})

t.test('above a number of devices, of the ids named, and not who is registered here', async (t) => {
  const { target } = createRedirect({ to, above: 2, prefixes: ['320116', '320105'] })
  t.equal(target('32011600001180000001', anew(1), 0), undefined, 'there is room')
  t.equal(target('32011600001180000001', anew(2), 0), to)
  t.equal(target('32010500001180000001', anew(2), 0), to)
  t.equal(target('32020000001180000001', anew(9), 0), undefined, 'another area')
  t.equal(target('32011600001180000002', { isRegistered: true, count: 9 }, 0), undefined, 'it refreshes')
})

t.test('who is back within ten minutes stays: the other server refused it or was not there', async (t) => {
  const { target } = createRedirect({ to, above: 0, prefixes: [] })
  t.equal(target('a', anew(0), 0), to)
  t.equal(target('a', anew(0), minute), undefined)
  t.equal(target('a', anew(0), 9 * minute), undefined)
  t.equal(target('a', anew(0), 10 * minute), to, 'later it is sent again')
  t.equal(target('a', anew(0), 11 * minute), undefined)
})
