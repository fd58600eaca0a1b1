// Words of the first page.

export const homeZh = {
  title: '全区概览', of: '{area}概览', area: '行政区划', allAreas: '全部区域', byClass: '档案与在线', byClassHint: '每个数字都可点开对应的列表。', class: '类别', records: '档案', online: '在线', late: '心跳迟到', offline: '离线', unknown: '未上线', complete: '完整', share: '完整率', drafts: '待建档', all: '合计',
  findings: '待处理问题', noFindings: '没有待处理的问题。', errors: '错误', warnings: '提醒', infos: '说明', overdue: '已逾期', mine: '交给我的', toInbox: '打开问题清单',
  inspections: '核查', running: '进行中', lastOnes: '最近几次', noInspections: '还没有核查。', toInspections: '全部核查', passRate: '合格 {n} / {of}',
  streams: '正在传输', streamsNow: '{n} 路', viewers: '{n} 人观看', noStreams: '现在没有正在传输的码流。', more: '另有 {n} 路',
  trend: '近 {n} 天完整率', trendFrom: '{from}：{a}', trendTo: '{to}：{b}', noTrend: '完整率每天记录一次，明天起可以看到变化。', empty: '还没有摄像机档案。', emptyHint: '导入一份档案表，或让设备注册并上报目录。', toImport: '导入档案', at: '数据时间 {at}（北京时间）',
}

export const homeEn: typeof homeZh = {
  title: 'Overview', of: 'Overview of {area}', area: 'Area', allAreas: 'All areas', byClass: 'Records and presence', byClassHint: 'Each number opens its list.', class: 'Class', records: 'Records', online: 'Online', late: 'Late', offline: 'Offline', unknown: 'Never seen', complete: 'Complete', share: 'Complete, share', drafts: 'No record yet', all: 'All',
  findings: 'Open findings', noFindings: 'Nothing is open.', errors: 'errors', warnings: 'warnings', infos: 'notes', overdue: 'overdue', mine: 'given to me', toInbox: 'Open the inbox',
  inspections: 'Inspections', running: 'running', lastOnes: 'Last ones', noInspections: 'There are no inspections yet.', toInspections: 'All inspections', passRate: '{n} of {of} pass',
  streams: 'Streams now', streamsNow: '{n} stream | {n} streams', viewers: '{n} viewer | {n} viewers', noStreams: 'No stream is running now.', more: '{n} more',
  trend: 'Share complete, last {n} day | Share complete, last {n} days', trendFrom: '{from}: {a}', trendTo: '{to}: {b}', noTrend: 'The share is noted once a day; from tomorrow on its course shows here.', empty: 'There are no camera records yet.', emptyHint: 'Import a file of records, or let devices register and report their catalogs.', toImport: 'Import records', at: 'As of {at} (Beijing time)',
}
