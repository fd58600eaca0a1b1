import t from 'tap'
import { chainHash } from './index.ts'

t.test('a link’s hash is that of a text anyone can write', (t) => {
  // printf '["",["n",1],["what","门"]]' | sha256sum
  t.equal(chainHash('', { what: '门', n: 1 }), 'd7c9982c91718662eea453c4f03f93f3b34c5cd98fabcd62f509302efa4c47ef')
  t.not(chainHash('', { n: 1 }), chainHash('', { n: 2 }))
  t.not(chainHash('', { n: 1 }), chainHash('', { n: '1' }))
  t.not(chainHash('a', { n: 1 }), chainHash('b', { n: 1 }))
  t.end()
})
