// Documents are tested like code: a path that a table or a link names must exist.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { outcomes, reasons } from '../src/inspect/report/index.ts'
import { verdictEn, verdictZh } from '../src/console/i18n/verdict-words.ts'

const root = new URL('..', import.meta.url).pathname
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

t.test('every file that the clause and device tables name exists', async (t) => {
  for (const file of ['docs/protocol.md', 'docs/interop.md']) {
    const paths = [...read(file).matchAll(/`((?:src|fixtures)\/[^`]+)`/g)].map((match) => match[1] ?? '')
    t.ok(paths.length > 20, `${file} names files`)
    for (const path of new Set(paths)) t.ok(existsSync(join(root, path)), `${file}: ${path}`)
  }
})

t.test('every relative link of a document leads somewhere', async (t) => {
  const documents = ['README.md', 'README.zh-CN.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', ...readdirSync(join(root, 'docs')).filter((file) => file.endsWith('.md')).map((file) => `docs/${file}`)]
  for (const file of documents) {
    for (const [, link] of read(file).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
      if (link === undefined || /^[a-z]+:/.test(link)) continue
      t.ok(existsSync(join(root, dirname(file), link)), `${file}: ${link}`)
    }
  }
})

t.test('every fixture folder says where its bytes are from', async (t) => {
  for (const folder of readdirSync(join(root, 'fixtures'), { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    t.ok(existsSync(join(root, 'fixtures', folder.name, 'README.md')), folder.name)
  }
})

t.test('page, workbook and console name each outcome and reason with the same words', async (t) => {
  const said: readonly (readonly [string, Readonly<Record<string, string>>, Readonly<Record<string, string>>, Readonly<Record<string, { zh: string; en: string }>>])[] = [
    ['reason', verdictZh.reason, verdictEn.reason, reasons],
    ['outcome', verdictZh.outcome, verdictEn.outcome, outcomes],
  ]
  for (const [kind, zh, en, report] of said) {
    for (const [code, text] of Object.entries(report)) if (code !== 'ok' || kind === 'outcome') t.same([zh[code], en[code]], [text.zh, text.en], `${kind} ${code}`)
  }
})
