#!/usr/bin/env node
// The door of the command line. Plain JavaScript that any Node can read: it checks the version before anything else is
// loaded, because better-sqlite3 13 ends a Node 20 process without a word and Node 20 cannot run TypeScript.
import module from 'node:module'
import { fileURLToPath } from 'node:url'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major > 22 || (major === 22 && minor >= 18)) {
  // What is compiled is kept for the next start, which takes half as long; where the folder may not be written it is compiled each time.
  module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE ?? fileURLToPath(new URL('../node_modules/.cache/yiji', import.meta.url)))
  const { main } = await import('../src/main.ts')
  await main(process.argv.slice(2))
} else {
  process.stderr.write(`yiji: needs Node 22.18 or newer, this is ${process.versions.node}: run it as "npm run yiji -- ..." (the project brings Node 24) or install a newer Node\n`)
  process.exitCode = 2
}
