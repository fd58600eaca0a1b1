// Words of exemptions (报备): cameras and areas that an inspection leaves out for a time.

export const exemptionsZh = {
  title: '报备与豁免', hint: '在有效期内，报备的摄像机或区域不参加抽样；每次核查记下当时有效的报备。', empty: '没有报备。', who: '对象', whole: '整个区域 {area}', document: '文号', reason: '原因', from: '自', until: '至', by: '登记', state: '状态', active: '有效', later: '未开始', over: '已到期', ended: '已提前结束', onlyNow: '只看现在有效的', add: '登记报备', camera: '摄像机编码', area: '区域代码', of: '对象类型', ofCamera: '一路摄像机', ofArea: '一个区域', save: '登记', added: '已登记。', end: '提前结束', endTitle: '提前结束报备', endHint: '从现在起不再有效；以前的核查不受影响。', endedNow: '已结束。', missing: '请填写对象、文号、原因和起止时间，结束应晚于开始。', endedBy: '{by} 于 {at}：{reason}', more: '更早的',
}

export const exemptionsEn: typeof exemptionsZh = {
  title: 'Exemptions', hint: 'While it holds, the camera or area is left out of samples; each inspection notes what held then.', empty: 'There are no exemptions.', who: 'For', whole: 'all of area {area}', document: 'Document', reason: 'Reason', from: 'From', until: 'Until', by: 'By', state: 'State', active: 'in force', later: 'not yet', over: 'over', ended: 'ended early', onlyNow: 'only those in force now', add: 'New exemption', camera: 'Device code', area: 'Division', of: 'For', ofCamera: 'one camera', ofArea: 'an area', save: 'Add', added: 'Added.', end: 'End early', endTitle: 'End the exemption', endHint: 'It holds no longer from now on; earlier inspections stay as they are.', endedNow: 'Ended.', missing: 'Give for whom, the document, the reason and both times; the end comes after the beginning.', endedBy: '{by} at {at}: {reason}', more: 'Earlier ones',
}
