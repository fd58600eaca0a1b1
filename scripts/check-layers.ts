// Fails the build on an import or an effect that the house does not allow: who may import whom, and who may open anything.
// The table is ARCHITECTURE.md's; a new edge is a decision (docs/decisions/), not a convenience.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

/** What each module may import of ours: `door` = the other module's index.ts, `types` = that, as type imports only. */
const allowed: Readonly<Record<string, Readonly<Record<string, 'door' | 'types'>>>> = {
  base: {},
  sip: { base: 'door' },
  media: { base: 'door' },
  registry: { base: 'door' },
  accounts: { base: 'door' },
  inspect: { base: 'door', media: 'types' },
  simulator: { base: 'door', sip: 'door', media: 'door' },
  store: { base: 'door', registry: 'types', inspect: 'types', accounts: 'types' },
  api: { base: 'door', registry: 'door', media: 'door', inspect: 'door', accounts: 'door' },
  console: { api: 'types' },
}

/** Folders and files that may open sockets, files, timers, processes and the environment. */
const isEdge = (file: string): boolean =>
  /^(store|api|console|commands|service)\//.test(file) || /\/io\//.test(file) || ['main.ts', 'config.ts', 'config-values.ts', 'base/clock.ts', 'base/random.ts'].includes(file)

const effectModules = /^(node:)?(fs|fs\/promises|net|dgram|tls|http|https|http2|child_process|worker_threads|cluster|timers|timers\/promises|dns|readline|os|process)$/
const effectNames = /^(setTimeout|setInterval|setImmediate|fetch|process)$/
const effectCalls = new Set(['Date.now', 'Math.random', 'performance.now', 'crypto.randomBytes', 'crypto.randomUUID'])
const doorLines = 40

export interface Breach {
  readonly file: string
  readonly line: number
  readonly message: string
}

/** Checks one file's text; `file` is relative to src. Pure, so that the checker itself can be tested. */
export function checkFile(file: string, text: string): readonly Breach[] {
  const breaches: Breach[] = []
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const module = file.includes('/') ? file.slice(0, file.indexOf('/')) : ''
  const report = (node: ts.Node, message: string): void => {
    breaches.push({ file, line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1, message })
  }
  const checkImport = (node: ts.Node, from: string, isTypeOnly: boolean): void => {
    if (!from.startsWith('.')) {
      if (!isEdge(file) && !isTypeOnly && effectModules.test(from)) report(node, `opens ${from}: only io/, store/, api/ and main may`)
      return
    }
    const target = relative('/', resolve('/', dirname(file), from))
    const other = target.includes('/') ? target.slice(0, target.indexOf('/')) : target
    if (['', 'commands', 'service'].includes(module) || other === module) return
    const rule = allowed[module]?.[other]
    if (!rule) return report(node, `${module} never knows ${other}`)
    if (rule === 'types' && !isTypeOnly) report(node, `${module} may import only types from ${other}`)
    // The field table is data alone: the API's schema, whose types the console takes, is built from it without the rest of registry.
    const isDoor = target === `${other}/index.ts` || target === 'registry/field-table.ts' || (module === 'console' && target.startsWith('api/schema/'))
    if (!isDoor) report(node, `goes past the door of ${other}: import ${other}/index.ts`)
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const clause = node.importClause
      const named = clause?.namedBindings
      const allNamedAreTypes = named !== undefined && ts.isNamedImports(named) && !clause?.name && named.elements.length > 0 && named.elements.every((e) => e.isTypeOnly)
      checkImport(node, node.moduleSpecifier.text, clause?.isTypeOnly === true || allNamedAreTypes)
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
      checkImport(node, node.moduleSpecifier.text, node.isTypeOnly)
    } else if (!isEdge(file) && ts.isPropertyAccessExpression(node) && effectCalls.has(node.getText())) {
      report(node, `${node.getText()}: time and randomness are parameters`)
    } else if (!isEdge(file) && ts.isIdentifier(node) && effectNames.test(node.text) && isFreeName(node)) {
      report(node, `${node.text}: only the edges may`)
    } else if (!isEdge(file) && ts.isNewExpression(node) && node.expression.getText() === 'Date' && (node.arguments?.length ?? 0) === 0) {
      report(node, 'new Date(): time is a parameter')
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  if (file.endsWith('/index.ts') && file.split('/').length === 2 && text.trimEnd().split('\n').length > doorLines) {
    breaches.push({ file, line: doorLines + 1, message: `a door has at most ${doorLines} lines` })
  }
  return breaches
}

/** A name used as a global, not as a property, parameter or declaration of ours. */
function isFreeName(node: ts.Identifier): boolean {
  const parent = node.parent
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  return ts.isCallExpression(parent) && parent.expression === node
}

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    // A folder `test` holds what tests share, and is as free as they are.
    if (entry.isDirectory()) {
      if (entry.name !== 'test') yield* sources(path)
    } else if (/\.(ts|vue)$/.test(entry.name) && !/\.(test|d)\.ts$/.test(entry.name)) yield path
  }
}

/** The script of a single-file component; a plain file as it is. */
const scriptOf = (path: string, text: string): string => (path.endsWith('.vue') ? [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((m) => m[1]).join('\n') : text)

if (import.meta.main) {
  const root = join(dirname(fileURLToPath(import.meta.url)), '..', 'src')
  const files = [...sources(root)]
  const breaches = files.flatMap((path) => checkFile(relative(root, path), scriptOf(path, readFileSync(path, 'utf8'))))
  for (const breach of breaches) process.stderr.write(`src/${breach.file}:${breach.line}: ${breach.message}\n`)
  process.stdout.write(`layers: ${files.length} files, ${breaches.length} breaches\n`)
  process.exitCode = breaches.length > 0 ? 1 : 0
}
