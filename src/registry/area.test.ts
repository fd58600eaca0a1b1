import t from 'tap'
import { recordArea } from './area.ts'

t.test('where a record lies', (t) => {
  for (const [declared, code, area] of [
    ['320116', '32011603001320000001', '32011603'], ['320116', '32011600001320000001', '320116'], ['320115', '32011603001320000001', '320115'],
    [undefined, '32011603001320000001', '32011603'], ['', '32011600001320000001', '320116'], ['3201', '32011603001320000001', '3201'],
    ['32011605', '32011603001320000001', '32011605'], [undefined, 'x', 'x'], ['320116', '320116', '320116'], ['abcdef', 'abcdefgh', 'abcdef'],
  ] as const) t.equal(recordArea(declared, code), area, `${declared} ${code}`)
  t.end()
})
