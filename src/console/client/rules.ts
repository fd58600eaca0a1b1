// Rule sets and their versions.
import { call, type Answer, type Asked } from './call.ts'

type Signal = AbortSignal | undefined
export type RuleSetDetail = Answer<'GET /rule-sets/:name'>
export type RuleFigures = Answer<'GET /rule-sets/:name/versions/:version/figures'>
export type RuleDifferences = Answer<'GET /rule-sets/:name/versions/:version/differences'>

export const ruleSets = (signal?: Signal): Promise<Answer<'GET /rule-sets'>> => call('GET /rule-sets', { signal })
/** Without `version` the newest. */
export const ruleSet = (name: string, version?: number, signal?: Signal): Promise<RuleSetDetail> =>
  version === undefined ? call('GET /rule-sets/:name', { params: { name }, signal }) : call('GET /rule-sets/:name/versions/:version', { params: { name, version }, signal })
export const ruleFigures = (name: string, version: number, signal?: Signal): Promise<RuleFigures> => call('GET /rule-sets/:name/versions/:version/figures', { params: { name, version }, signal })
export const ruleDifferences = (name: string, version: number, from: string, signal?: Signal): Promise<RuleDifferences> => call('GET /rule-sets/:name/versions/:version/differences', { params: { name, version }, query: { from }, signal })
export const writeRules = (body: Asked<'POST /rule-sets'>['body']): Promise<RuleSetDetail> => call('POST /rule-sets', { body })
