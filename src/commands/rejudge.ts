// `yiji rejudge`: an inspection of a running service judged again by other rules, from its recordings. Nothing is replaced; exit 1 where a result differs,
// or a check could not be judged.
import type { Rejudgement } from '../api/index.ts'
import { AppError } from '../base/index.ts'
import { connectTo } from './client.ts'
import { rulesFrom } from './replay.ts'

export interface RejudgeArguments {
  readonly rules: string
  readonly server: string
  readonly user: string
  readonly json?: boolean
}

/** Between two looks at how far it is. Ours. */
const lookMs = 500

export async function rejudge(inspection: string, { rules, server, user, json }: RejudgeArguments): Promise<number> {
  const password = process.env.YIJI_USER_PASSWORD
  if (!password) throw new AppError('usage.invalid', `the password of "${user}" is read from the environment: set YIJI_USER_PASSWORD`)
  // Before anybody is asked: a file that is no rule set needs no service to be told so.
  const asked = await rulesFrom(rules)
  const client = await connectTo(server, user, password)
  const path = `/inspections/${encodeURIComponent(inspection)}`
  const { id } = await client.json<{ readonly id: string }>('POST', `${path}/rejudge`, { rules: asked })
  const look = (): Promise<Rejudgement> => client.json<Rejudgement>('GET', `${path}/rejudgements/${id}`)
  let now = await look()
  while (now.state === 'queued' || now.state === 'running') {
    await new Promise<void>((go) => setTimeout(go, lookMs))
    now = await look()
  }
  process.stdout.write(json ? `${JSON.stringify(now)}\n` : linesOf(now))
  return now.state === 'done' && now.changed === 0 && now.notJudged === 0 ? 0 : 1
}

function linesOf({ id, ruleSet, results, total, changed, notJudged, state }: Rejudgement): string {
  const said = ({ result, reasons }: { readonly result: string; readonly reasons: readonly string[] }): string => `${result}${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}`
  const lines = results.map(({ n, camera, before, after, remarks, state: judged }) => `${n} ${camera}: ${said(before)} -> ${after ? said(after) : `${judged}: ${remarks.join('; ')}`}`)
  return [...lines, `${id} by ${ruleSet.name}@${ruleSet.version}: ${state}, ${results.length} of ${total} checks, ${changed} with another result, ${notJudged} not judged; the inspection is as it was`, ''].join('\n')
}
