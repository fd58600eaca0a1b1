// report.json in pieces: the checks one by one, so that a patrol's is never one text.
import type { Report } from '../types.ts'

export function* reportJson(report: Report): Generator<string> {
  const { checks, ...rest } = report
  const head = JSON.stringify(rest, null, 1)
  // The checks come last: the value is the same, whatever the order of its members.
  yield `${head.slice(0, head.lastIndexOf('\n}'))},\n "checks": [`
  for (const [index, check] of checks.entries()) yield `${index === 0 ? '' : ','}\n  ${JSON.stringify(check)}`
  yield '\n ]\n}\n'
}
