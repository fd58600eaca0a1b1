import t from 'tap'
import { hopOf, refusalOf } from './hop.ts'
import type { Header, SipResponse } from '../types.ts'

const source = { host: '192.0.2.9', port: 5060 }
const response = (...headers: readonly Header[]): SipResponse => ({ kind: 'response', status: 404, reason: 'Not Found', headers, body: Buffer.alloc(0) })

t.test('who answered: agent, else address, then whom a Warning names', async (t) => {
  t.equal(hopOf(response(), source), '192.0.2.9:5060')
  t.equal(hopOf(response({ name: 'Server', value: 'Platform/2' }), source), 'Platform/2')
  t.equal(hopOf(response({ name: 'User-Agent', value: 'Platform/2' }, { name: 'Warning', value: '399 34020000002000000002 "channel is offline"' }), source), 'Platform/2 > 34020000002000000002')
  t.equal(hopOf(response(), { host: '2001:db8::1', port: 5060 }), '[2001:db8::1]:5060')
  t.equal(hopOf(response({ name: 'Server', value: 'x'.repeat(5000) }), source).length, 200)
})

t.test('why: status, phrase, and the texts of Warning and Reason', async (t) => {
  t.equal(refusalOf(response()), '404 Not Found')
  t.equal(refusalOf(response({ name: 'Warning', value: '399 a "channel is offline"' }, { name: 'Reason', value: 'SIP;cause=404;text="no such channel"' })), '404 Not Found: channel is offline: no such channel')
  t.equal(refusalOf(response({ name: 'Reason', value: 'device busy' })), '404 Not Found: device busy')
  t.equal(refusalOf(response({ name: 'Warning', value: 'nonsense' })), '404 Not Found')
})
