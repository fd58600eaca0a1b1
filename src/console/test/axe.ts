// axe-core run inside a page: the rules on accessibility that a machine can check.
import type { AxeResults, Result } from 'axe-core'
import type { Page } from 'playwright-core'
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'

const script = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** `rules`: all of axe's, unless some are named. The page's policy lets no script in but its own: this one comes by the debugger. */
export async function violationsOf(page: Page, rules: readonly string[] = []): Promise<readonly Result[]> {
  // What fades in or out has colours of its own meanwhile; what turns for ever does not end. A message may begin to fade while axe reads.
  await page.waitForFunction(() => document.querySelector('.el-message') === null, undefined, { timeout: 6_000 }).catch(() => undefined)
  await page.evaluate(() => Promise.allSettled(document.getAnimations().filter((each) => each.effect?.getTiming().iterations !== Infinity).map((each) => each.finished)))
  if ((await page.evaluate('typeof axe')) === 'undefined') await page.evaluate(script)
  const found = (await page.evaluate(`axe.run(document, ${JSON.stringify({ resultTypes: ['violations'], ...(rules.length === 0 ? {} : { runOnly: rules }) })})`)) as AxeResults
  return found.violations
}
