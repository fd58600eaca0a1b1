import t from 'tap'
import { statSync } from 'node:fs'
import { ParseError } from '../../base/index.ts'
import { chew } from '../../base/chew.ts'
import { createDivisions, isInForce, parseDivisions, shippedDivisions, shippedPeriod } from './index.ts'
import { shipped } from './shipped.ts'

const divisions = shippedDivisions()

t.test('the shipped table: all levels, every parent there, every successor a division', async (t) => {
  t.equal(divisions.size, parseDivisions(shipped).length)
  t.ok(divisions.size > 4000)
  t.ok(statSync(new URL('shipped.ts', import.meta.url)).size < 200_000)
  t.equal(divisions.children('').length, 34, '31 provinces, Hong Kong, Macao, Taiwan')
  const odd = parseDivisions(shipped).filter(({ code, successor, validTo }) => {
    const path = divisions.path(code)
    return path.at(-1)?.code !== code || path[0]?.level !== 'province' || (successor !== undefined && !divisions.find(successor)) || (validTo !== undefined && validTo > shippedPeriod.to)
  })
  t.same(odd, [])
})

t.test('names, parents, children and what was in force when', async (t) => {
  t.match(divisions.find('320116'), { name: '六合区', level: 'county' })
  t.equal(divisions.find('3201')?.name, '南京市')
  t.equal(divisions.find('32')?.name, '江苏省')
  t.equal(divisions.find('32011605')?.code, '320116')
  t.equal(divisions.find('990000'), undefined)
  t.equal(divisions.find('3'), undefined)
  t.equal(divisions.fullName('320116'), '江苏省南京市六合区')
  t.equal(divisions.fullName('310115'), '上海市浦东新区')
  t.equal(divisions.fullName('999999'), '999999')
  t.same(divisions.path('320116').map(({ code }) => code), ['320000', '320100', '320116'])
  t.match(divisions.find('320107'), { name: '下关区', validTo: '2013-08', successor: '320106' }, 'merged into 鼓楼')
  t.match(divisions.find('320124'), { name: '溧水县', successor: '320117' }, 'a county that became a district')
  t.match(divisions.find('320117'), { name: '溧水区', validFrom: '2013-08' })
  const at = (date?: string): readonly string[] => divisions.children('3201', date).map(({ code }) => code)
  t.ok(at().includes('320107') && at().includes('320117'), 'without a date all that ever were')
  t.ok(at('2012-01').includes('320107') && !at('2012-01').includes('320117'))
  t.ok(!at('2020-01-15').includes('320107') && at('2020-01-15').includes('320117'))
  const [older] = parseDivisions('code,name,validFrom,validTo\n320107,下关区,1955-01,2013-02')
  if (!older) return t.fail('no row')
  t.same(['1954-12', '1955-01', '2013-01-31', '2013-02', '2013-02-01'].map((date) => isInForce(older, date)), [false, true, true, false, false])
})

t.test('a table of one’s own, as CSV or JSON', async (t) => {
  const csv = createDivisions(parseDivisions('\ufeffcode,name,validFrom,validTo,successor\r\n32,江苏省\r\n3201,南京市\r\n320116,六合区\r\n\r\n320123,六合县,,2002-05,320116\r\n'))
  t.equal(csv.fullName('320123'), '江苏省南京市六合县')
  const json = createDivisions(parseDivisions(JSON.stringify([{ code: 320000, name: '江苏省' }, { code: '320116', name: '六合区', other: true }])))
  t.same(json.children('32').map(({ name }) => name), ['六合区'], 'without a city it hangs under the province')
})

t.test('a table that is none is refused with the row that is wrong', async (t) => {
  for (const [text, reason] of [
    ['', /no column "code"/],
    ['code,name\n', /no rows/],
    ['编码,名称\n32,江苏', /no column "code"/],
    ['code,name\n32,江苏省\n3201160,六合', /"3201160" as the code in row 3/],
    ['code,name\n32,江苏省\n\n320116,', /no name in row 4/],
    ['code,name\n32,江苏省\n320000,江苏省', /320000 twice, the second time in row 3/],
    ['code,name,validTo\n32,江苏省,2013', /"2013" as a date in row 2/],
    ['code,name,validFrom,validTo\n32,江苏省,2013-01,2012-01', /ends before it begins in row 2/],
    ['code,name,successor\n32,江苏省,南京', /"南京" as the successor in row 2/],
    ['[', /not JSON/],
    ['[1]', /no object in row 1/],
    ['[{"code":"x","name":"y"}]', /"x" as the code in row 1/],
  ] as const) {
    t.throws(() => parseDivisions(text), { code: 'divisions.malformed', message: reason }, text)
  }
})

t.test('damaged tables are a ParseError or divisions', async () => {
  const samples = [Buffer.from('code,name,validFrom,validTo,successor\n32,江苏省,,,\n3201,南京市,1955-01,2013-02,320106\n'), Buffer.from('[{"code":"320116","name":"六合区"}]')]
  for (const bytes of chew(samples, 4000, 4)) {
    try {
      createDivisions(parseDivisions(bytes.toString('utf8')))
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
    }
  }
})
