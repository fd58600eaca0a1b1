import t from 'tap'
import { seededBytes } from '../base/index.ts'
import { grams, gramsToFind, plain, searchText, sortKey, sounds, textQuery } from './camera-text.ts'

t.test('how a name sounds: in its words, and in the other readings of its characters', (t) => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['南门大道', ['nmdd', 'nanmendadao']],
    ['重庆路', ['cql', 'chongqinglu', 'zhongqinglu']],
    ['六合区', ['lhq', 'liuhequ', 'luhequ']],
    ['厦门银行', ['xmyh', 'xiamenyinhang']],
    ['绿地', ['ld', 'lvdi']],
    ['西厂门3号枪机', ['xcm3hqj', 'xichangmen3haoqiangji']],
    ['ABC Road', []],
    ['', []],
  ]
  for (const [name, expected] of cases) for (const sound of expected) t.ok(sounds(name).includes(sound), `${name}: ${sound} in ${sounds(name).join(' ')}`)
  t.same(sounds('ABC Road'), [])
  t.ok(sounds('行'.repeat(300)).length <= 20, 'bounded')
  t.end()
})

t.test('names sort by sound', (t) => {
  t.same(['中山路', '北门', 'Zoo', '安徽路', '长江路', '12号'].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1)), ['12号', '安徽路', '北门', '长江路', '中山路', 'Zoo'])
  t.end()
})

t.test('a search in words', (t) => {
  t.same(textQuery(' 南门　 ＡＢ1 '), { words: ['南门', 'ab1'] })
  t.same(textQuery('Nan Men'), { words: ['nan', 'men'], joined: 'nanmen' })
  t.equal(textQuery(' \t '), undefined)
  t.equal(textQuery('a b c d e f g h i j')?.words.length, 8)
  t.end()
})

t.test('grams to find are among the grams of every text that has the word', (t) => {
  t.same([...grams('南门a1')], ['u5357', 'u95e8', 'u5357u95e8', 'u95e8a', 'a1'])
  t.same(gramsToFind('南门'), ['u5357u95e8'])
  t.same(gramsToFind('门'), ['u95e8'])
  t.same(gramsToFind('nmdd'), ['nmd', 'mdd'])
  t.same(gramsToFind('0%_'), [])
  t.same(gramsToFind('nm'), ['nm'])
  t.same(gramsToFind('3号'), ['3u53f7'])
  t.same(gramsToFind('12 %'), ['12'])
  t.same(gramsToFind('%'), [])
  t.same(gramsToFind('𠮷野'), ['u20bb7u91ce'], 'a character beyond the first plane is one')
  const random = seededBytes(5)
  const alphabet = [...'南门大道路口ab1029 %-号𠮷']
  const pick = (): string => alphabet[(random(1)[0] ?? 0) % alphabet.length] ?? ''
  for (let n = 0; n < 3000; n++) {
    const text = plain(Array.from({ length: 1 + ((random(1)[0] ?? 0) % 30) }, pick).join(''))
    const characters = [...text]
    const from = (random(1)[0] ?? 0) % Math.max(1, characters.length)
    const word = characters.slice(from, from + 1 + ((random(1)[0] ?? 0) % 8)).join('').trim()
    const all = grams(text)
    const missing = gramsToFind(word).filter((gram) => !all.has(gram))
    if (missing.length > 0) return t.fail(`${JSON.stringify(text)} has ${JSON.stringify(word)}, but not ${missing.join(' ')}`)
  }
  t.end()
})

t.test('the text of a record: one value a line, each once', (t) => {
  const text = searchText({ id: '32011600001320000001', name: '南门', commonName: '南门', address: '龙池街道 １号' })
  t.same(text.split('\n').slice(0, 5), ['32011600001320000001', '南门', '龙池街道 1号', 'nm', 'nanmen'])
  t.ok(searchText({ id: 'x', name: '门'.repeat(10_000), commonName: '', address: 'a'.repeat(100_000) }).length < 6000, 'bounded')
  t.end()
})
