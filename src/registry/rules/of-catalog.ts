// Rules of a record against catalogs, presence and what an inspection saw; reconcile/ applies them, the words are here for docs/rules.md.
import { ours, sourced, type Basis, type Needs, type RuleRow } from './rule.ts'

const row = (needs: Needs, code: string, field: RuleRow['field'], severity: RuleRow['severity'], zh: string, en: string, basis: Basis): RuleRow => ({ code, field, severity, needs, zh, en, basis })

const registryAgainstPlatform = sourced('a city\'s access UI has "registered in 一机一档" as a column; kinds of disagreement as in the brief of reconciliation')

export const catalogRules: readonly RuleRow[] = [
  row('catalog', 'record.undeclared', 'record', 'error', '目录中的通道应有档案（有点无档）', 'A channel of a catalog has a record', registryAgainstPlatform),
  row('catalog', 'catalog.absent', 'record', 'warning', '有档案的设备应在目录中（有档无点）', 'A camera with a record stands in a complete catalog', registryAgainstPlatform),
  row('catalog', 'catalog.networked', 'networking', 'warning', '登记为未联网的设备不应在线', 'A camera declared as not networked is not online', ours('the catalog has no such element: being listed and there is what shows it')),
  row('catalog', 'catalog.renamed', 'name', 'warning', '设备名称应与目录一致', 'The name is the one in the catalog', sourced('27-column order: the name equals the platform\'s tree')),
  row('catalog', 'catalog.moved', 'longitude', 'warning', '登记坐标与上报坐标应在同一处', 'The declared place and the reported one are the same', ours('the distance is configured')),
  row('catalog', 'catalog.class', 'class', 'warning', '点位类型应与目录一致', 'The class is the one in the catalog', registryAgainstPlatform),
  row('catalog', 'catalog.owner', 'managementUnit', 'warning', '管理单位应与目录一致', 'The managing unit is the one in the catalog', registryAgainstPlatform),
  row('catalog', 'catalog.differs', 'any', 'info', '登记值与上报值应一致；设备未上报的不比', 'A declared value is the reported one; what a device does not report is not compared', sourced('GB/T 28181-2022 A.2.1.9; a device of 2016 sends none of the fields of 2022')),
  row('presence', 'presence.removed-online', 'status', 'warning', '拆除或注销的设备不应在线', 'A camera that is removed or retired is not online', ours('status is administrative, presence is what is seen')),
  row('presence', 'presence.offline', 'status', 'warning', '在用的设备不应长期离线', 'A camera in use is not offline for long', ours('the days are configured')),
  row('inspection', 'verified.declared', 'any', 'warning', '登记值应与核实值一致', 'A declared value is the one that was found on inspection', ours('three values are kept: declared, reported, verified')),
  row('inspection', 'verified.reported', 'any', 'info', '上报值应与核实值一致', 'A reported value is the one that was found on inspection', ours('three values are kept: declared, reported, verified')),
]
