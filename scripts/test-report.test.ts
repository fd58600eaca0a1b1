import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const script = fileURLToPath(new URL('test-report.ts', import.meta.url))
const report = (...lines: string[]) => execFileSync(process.execPath, [script], { input: `${lines.join('\n')}\n` }).toString()

t.test('a line for each file; what failed is shown whole and named again', (t) => {
  const text = report(
    'TAP version 14',
    '# Subtest: src/a.test.ts',
    '    ok 1 - fine',
    '    1..1',
    'ok 1 - src/a.test.ts # time=1ms',
    '',
    '# Subtest: src/b.test.ts',
    '    # Subtest: inner',
    '        ok 1 - fine as well',
    '        not ok 2 - one is two',
    '          ---',
    '          compare: ===',
    '          ...',
    '        not ok 3 - no browser here # SKIP',
    '    not ok 1 - inner # time=2ms',
    'not ok 2 - src/b.test.ts # time=3ms',
    '  ---',
    '  exitCode: 1',
    '  ...',
    '',
    '# Subtest: src/c.test.ts',
    'not ok 3 - src/c.test.ts # time=240000ms',
    '  ---',
    '  expired: src/c.test.ts',
    '  ...',
    '# { total: 5, pass: 2, fail: 3 }',
    '# time=9ms'
  )
  t.equal(
    text,
    `${[
      'ok 1 - src/a.test.ts # time=1ms',
      '        not ok 2 - one is two',
      '          ---',
      '          compare: ===',
      '          ...',
      '        not ok 3 - no browser here # SKIP',
      '    not ok 1 - inner # time=2ms',
      'not ok 2 - src/b.test.ts # time=3ms',
      '  ---',
      '  exitCode: 1',
      '  ...',
      'not ok 3 - src/c.test.ts # time=240000ms',
      '  ---',
      '  expired: src/c.test.ts',
      '  ...',
      '# { total: 5, pass: 2, fail: 3 }',
      '# time=9ms',
      '',
      'failed:',
      '  src/b.test.ts: one is two',
      '  src/b.test.ts: inner # time=2ms',
      '  src/c.test.ts # time=240000ms'
    ].join('\n')}\n`
  )
  t.end()
})

t.test('nothing failed: nothing is listed', (t) => {
  t.equal(report('    ok 1 - fine', 'ok 1 - src/a.test.ts'), 'ok 1 - src/a.test.ts\n')
  t.end()
})
