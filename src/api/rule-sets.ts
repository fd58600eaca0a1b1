// Rule sets: every version of each, what two say otherwise, and where the figures come from. A version is written once and never changed.
import { isWithin } from '../accounts/index.ts'
import { AppError } from '../base/index.ts'
import { basisOf, defaultRules, figuresOf, isWords, judgementTable, ruleDifferences, type KeptRules, type RuleBook, type RuleSet } from '../inspect/index.ts'
import type { App } from './app.ts'
import { sessionOf } from './auth.ts'
import type { ApiDeps } from './deps.ts'
import { RuleDifferences, RuleDifferencesQuery, RuleFigures, RuleSetDetail, RuleSetList, RuleSetParams, RuleSetVersionParams, RuleSetWrite, type RuleSetVersion } from './schema/index.ts'

export function ruleSetRoutes(app: App, { ruleBook }: ApiDeps): void {
  const detail = async (kept: KeptRules): Promise<RuleSetDetail> => detailOf(kept, await ruleBook.all())
  const find = ({ name, version }: { readonly name: string; readonly version?: number }): Promise<KeptRules> => ruleBook.find(version === undefined ? name : `${name}@${version}`)

  app.get(
    '/rule-sets',
    { schema: { tags: ['inspections'], summary: 'Rule sets: the newest version of each', response: { 200: RuleSetList } }, config: { allow: 'inspections.see' } },
    async () => {
      const all = await ruleBook.all()
      const newest = new Map(all.map((kept) => [kept.rules.name, kept]))
      return { items: [...newest.values()].map((kept) => detailOf(kept, all)) }
    },
  )

  app.post(
    '/rule-sets',
    {
      schema: { tags: ['inspections'], summary: 'A rule set of a new name, or the next version of one; the same content again is the version there is', body: RuleSetWrite, response: { 200: RuleSetDetail, 201: RuleSetDetail } },
      config: { allow: 'rules.write', audit: 'rules.write' },
    },
    async (request, reply) => {
      const { rules, note, after } = request.body
      const { account } = sessionOf(request)
      const name = (rules as { readonly name?: unknown }).name
      const before = typeof name === 'string' ? await ruleBook.find(name).catch(() => undefined) : undefined
      if (before && !before.isShipped && !isWithin(before.area, account.area)) throw new AppError('area.outside', `"${before.rules.name}" is kept for area "${before.area}": write one under another name`)
      const { kept, isNew } = await ruleBook.create({ rules, note, by: account.name, area: account.area, ...(after === undefined ? {} : { after }) })
      const { name: written, version } = kept.rules
      request.audited = { subject: `${written}@${version}`, detail: isNew ? `${kept.note}, sha256 ${kept.sha256}` : `the same content as version ${version}: nothing was written` }
      return reply
        .code(isNew ? 201 : 200)
        .header('location', `${request.url.split('?')[0]}/${written}/versions/${version}`)
        .send(await detail(kept))
    },
  )

  app.get(
    '/rule-sets/:name',
    { schema: { tags: ['inspections'], summary: 'The newest version of a rule set', params: RuleSetParams, response: { 200: RuleSetDetail } }, config: { allow: 'inspections.see' } },
    async (request) => detail(await find(request.params)),
  )

  app.get(
    '/rule-sets/:name/versions/:version',
    { schema: { tags: ['inspections'], summary: 'One version of a rule set, as it was written', params: RuleSetVersionParams, response: { 200: RuleSetDetail } }, config: { allow: 'inspections.see' } },
    async (request) => detail(await find(request.params)),
  )

  app.get(
    '/rule-sets/:name/versions/:version/figures',
    { schema: { tags: ['inspections'], summary: 'Every figure with where it comes from, and what no rule set may say', params: RuleSetVersionParams, response: { 200: RuleFigures } }, config: { allow: 'inspections.see' } },
    async (request) => figuresWithBases(await find(request.params)),
  )

  app.get(
    '/rule-sets/:name/versions/:version/differences',
    {
      schema: { tags: ['inspections'], summary: 'What it says otherwise than another; without `from` than the version before, or the default', params: RuleSetVersionParams, querystring: RuleDifferencesQuery, response: { 200: RuleDifferences } },
      config: { allow: 'inspections.see' },
    },
    async (request) => {
      const to = await find(request.params)
      const { name, version } = request.params
      const from = await ruleBook.find(request.query.from ?? (version > 1 ? `${name}@${version - 1}` : 'default'))
      return { from: nameOf(from), to: nameOf(to), items: ruleDifferences(from.rules, to.rules).map(({ path, ...values }) => ({ path, ...withoutNull(values) })) }
    },
  )
}

/** The rule set that a request names beside other things. Throws AppError `request.invalid`. */
export async function namedRules(ruleBook: RuleBook, name: string): Promise<RuleSet> {
  try {
    return (await ruleBook.find(name)).rules
  } catch (error) {
    throw error instanceof AppError && error.code === 'not-found' ? new AppError('request.invalid', error.message) : error
  }
}

const nameOf = ({ rules: { name, version }, sha256 }: KeptRules): RuleDifferences['from'] => ({ name, version, sha256 })

const withoutNull = <T extends object>(values: T): { [K in keyof T]: Exclude<T[K], null> } => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as { [K in keyof T]: Exclude<T[K], null> }

function detailOf(kept: KeptRules, all: readonly KeptRules[]): RuleSetDetail {
  const versions = all.filter(({ rules }) => rules.name === kept.rules.name)
  return { ...kept.rules, ...versionOf(kept), isShipped: kept.isShipped, area: kept.area, versions: versions.map(versionOf) }
}

const versionOf = ({ rules: { version }, sha256, note, by, atMs }: KeptRules): RuleSetVersion => ({ version, sha256, note, by, atMs })

function figuresWithBases({ rules }: KeptRules): RuleFigures {
  const shipped = figuresOf(defaultRules)
  const items = [...figuresOf(rules)].flatMap(([path, value]) => {
    if (value === null || isWords(path)) return []
    const [usual, basis] = [shipped.get(path), basisOf(path)]
    return [{ path, value, ...(usual === undefined || usual === null ? {} : { shipped: usual }), ...(basis && usual === value && { basis }) }]
  })
  const never = Object.entries(judgementTable).flatMap(([reason, row]) => (row.never ? [{ reason, ...row.never }] : []))
  return { items, never }
}
