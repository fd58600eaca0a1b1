import { readZip } from '../test/zip.ts'
import t from 'tap'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import sharp from 'sharp'
import { seededBytes, seededRandom } from '../../../base/index.ts'
import { reportDocument, wordOf } from '../index.ts'
import { hostileNames, sampleReport } from '../test/samples.ts'
import { jpegSize } from './jpeg-size.ts'

const photo = await sharp({ create: { width: 480, height: 270, channels: 3, background: '#567' } }).jpeg().toBuffer()
const parts = async (lang: 'zh' | 'en', names: readonly string[] = []): Promise<ReadonlyMap<string, string>> => readZip(await wordOf(reportDocument(sampleReport(20, 1, names), lang), async (file) => (file.includes('-1-1') ? photo : undefined)))

// Real documents on a busy machine: more than tap's own half minute.
t.setTimeout(240_000)

t.test('the Word document: every part is well-formed, pictures inside, fonts named, page numbers and the inspection in the head', async (t) => {
  const files = await parts('zh')
  for (const [name, text] of files) if (/\.(xml|rels)$/.test(name)) t.equal(XMLValidator.validate(text), true, name)
  const body = files.get('word/document.xml') ?? ''
  for (const words of ['视频联网在线核查报告', '核查单位（盖章）', '总体与抽样', '3f9a0c5b7e21d486', '附录 A', 'w:eastAsia="仿宋"', 'w:eastAsia="黑体"', 'w:tblHeader', 'w:cantSplit']) t.ok(body.includes(words), words)
  t.match(body, /<w:pgSz w:w="11906" w:h="16838"/)
  t.ok([...files.keys()].some((name) => name.startsWith('word/media/')), 'pictures inside')
  t.ok([...files].some(([name, text]) => /footer\d/.test(name) && text.includes('PAGE')), 'page numbers')
  t.ok([...files].some(([name, text]) => /header\d/.test(name) && text.includes('20261120-020000-a1b2c3')), 'the inspection in the head')
  t.notMatch(new Map(await parts('en')).get('word/document.xml') ?? '', /核查方法|合格|结论/)
})

t.test('no name breaks the document or becomes part of its markup', async (t) => {
  const files = await parts('zh', hostileNames)
  const body = files.get('word/document.xml') ?? ''
  t.equal(XMLValidator.validate(body), true)
  const texts = JSON.stringify(new XMLParser().parse(body))
  t.ok(texts.includes('<script>alert(1)</script>'), 'as text')
  // ISO/IEC 29500: a document is XML 1.0, which has no place for these.
  t.notMatch(body, /[\u0000-\u0008\u000b\u000c\u000e-\u001f]|[\ud800-\udbff](?![\udc00-\udfff])/)
})

t.test('the size of a JPEG, of what is cut, and of noise', async (t) => {
  t.same(jpegSize(photo), { width: 480, height: 270 })
  for (let end = 0; end < photo.length; end += 7) t.doesNotThrow(() => jpegSize(photo.subarray(0, end)))
  const [bytes, next] = [seededBytes(5), seededRandom(6)]
  for (let round = 0; round < 2_000; round++) {
    const broken = Buffer.from(photo)
    for (let hit = 0; hit < 4; hit++) broken[Math.floor(next() * Math.min(700, broken.length))] = bytes(1)[0] ?? 0
    t.doesNotThrow(() => jpegSize(round % 2 === 0 ? broken : Buffer.concat([Buffer.from([0xff, 0xd8]), bytes(64)])))
  }
})
