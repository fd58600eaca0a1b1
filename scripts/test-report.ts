#!/usr/bin/env node
/**
 * What a run of the tests came to, for a log that people read: TAP 14 on standard input, a line for each file, what
 * failed whole where it happened, and its name again at the end. Seventy thousand lines of what passed hide the one
 * that did not.
 */
import { createInterface } from 'node:readline'

const point = /^( *)(not )?ok \d+(?: - (.*))?$/
const failed: string[] = []
let file = ''
/** Whatever is indented by this much belongs to the failure above it; empty: none above. */
let below = ''

const print = (line: string) => process.stdout.write(`${line}\n`)

for await (const line of createInterface({ input: process.stdin })) {
  if (below !== '' && line.startsWith(below)) {
    print(line)
    continue
  }
  below = ''
  file = /^# Subtest: (.*)$/.exec(line)?.[1] ?? file
  if (/^(?:# \{ total|# time|Bail out!)/.test(line)) print(line)
  const [, indent, not, name = ''] = point.exec(line) ?? []
  if (indent === undefined) continue
  const skipped = / # (?:SKIP|TODO)/i.test(name)
  const bad = not !== undefined && !skipped
  if (indent === '' || bad || skipped) print(line)
  if (!bad) continue
  below = `${indent}  `
  if (indent !== '') failed.push(`${file}: ${name}`)
  else if (!failed.some((told) => told.startsWith(`${file}: `))) failed.push(name)
}

if (failed.length > 0) print(`\nfailed:\n${failed.map((name) => `  ${name}`).join('\n')}`)
