// Words of the map.

export const mapZh = {
  title: '地图', label: '摄像机地图：方向键移动，加减键缩放', by: '颜色', colour: { class: '类别', presence: '状态', record: '档案完整性', verdict: '最近结论' }, verdict: '最近结论',
  words: { complete: '完整', incomplete: '有错误', draft: '待建档', pass: '合格', review: '待复核', fail: '不合格', none: '未核查' },
  total: '{n} 路有坐标', unplaced: '{n} 路没有坐标', inView: '视野内 {n} 路', all: '看全部', box: '框选', polygon: '多边形选', drawHint: { box: '在地图上点两个角。', polygon: '逐点点击，双击结束。' }, cancelDraw: '取消绘制', clear: '清除选择', loading: '正在取点位…', noTiles: '没有配置底图（map.tiles），只显示区划轮廓与经纬网。', shifted: '底图为 GCJ-02，点位仅在显示时换算，档案坐标不变。', empty: '没有符合条件、有坐标的摄像机。',
  selection: '已选 {n} 路', shown: '显示前 {n} 路', one: '摄像机', nothing: '这里没有符合条件的摄像机。', live: '看实时', liveFirst: '前 16 路看实时', patrol: '轮巡', patrolFirst: '前 {n} 路轮巡', copy: '复制编码', copied: '已复制 {n} 个编码。', exportCsv: '导出清单', record: '档案', locate: '定位', find: '查找并定位', notPlaced: '这路摄像机没有坐标。', drag: '可拖到实时监看的画面格',
  move: '移动点位', moveHint: '拖动蓝色圆点，或直接填写经纬度。坐标按档案的坐标系（WGS-84 / CGCS2000）。', longitude: '经度', latitude: '纬度', from: '原位置', to: '新位置', distance: '移动 {m} 米', why: '变更原因', whyMissing: '请写明原因，它会记入档案的变更历史。', save: '确认移动', saved: '已移动，档案坐标已更改。', undo: '撤销移动', undone: '已移回原位置。', whyUndo: '撤销移动', conflict: '档案刚被他人修改，已重新读取，请核对后再移动。', outOfRange: '经度应在 73–136 之间，纬度应在 3–54 之间。', same: '位置没有变化。', far: '移动超过 5 公里，请确认没有拖错。',
  bulk: '批量修改', bulkUnread: '{n} 路的档案没有读到，不在修改之列：{text}', list: '点位列表', csvHead: '编码,名称,类别,状态,档案,最近结论,经度,纬度',
}

export const mapEn: typeof mapZh = {
  title: 'Map', label: 'Map of cameras: arrow keys move it, plus and minus zoom', by: 'Colour by', colour: { class: 'Class', presence: 'Presence', record: 'Completeness', verdict: 'Last verdict' }, verdict: 'Last verdict',
  words: { complete: 'complete', incomplete: 'with errors', draft: 'not declared', pass: 'pass', review: 'to review', fail: 'fail', none: 'not checked' },
  total: '{n} with a place', unplaced: '{n} without a place', inView: '{n} in view', all: 'Show all', box: 'Rectangle', polygon: 'Polygon', drawHint: { box: 'Click two corners on the map.', polygon: 'Click corner by corner, double-click to end.' }, cancelDraw: 'Stop drawing', clear: 'Clear the selection', loading: 'Fetching points…', noTiles: 'No base map is configured (map.tiles): outlines and a grid alone are shown.', shifted: 'The base map is in GCJ-02: points are shifted for the eye alone, records stay as they are.', empty: 'No camera with a place fits.',
  selection: '{n} chosen', shown: 'the first {n} are shown', one: 'Camera', nothing: 'No camera that fits lies here.', live: 'Watch live', liveFirst: 'Watch the first 16', patrol: 'Patrol', patrolFirst: 'Patrol of the first {n}', copy: 'Copy the codes', copied: '{n} codes are copied.', exportCsv: 'Save the list', record: 'Record', locate: 'Show', find: 'Find and show', notPlaced: 'This camera has no place.', drag: 'Can be dragged to a view of the live wall',
  move: 'Move the point', moveHint: 'Drag the blue dot, or type longitude and latitude, in the datum of records (WGS-84, CGCS2000).', longitude: 'Longitude', latitude: 'Latitude', from: 'Was', to: 'Will be', distance: 'moved by {m} m', why: 'Reason', whyMissing: 'Give the reason: it is kept in the history of the record.', save: 'Move it', saved: 'Moved: the record has the new place.', undo: 'Undo', undone: 'Moved back.', whyUndo: 'move undone', conflict: 'Somebody has just changed this record. It was read again: look at it and move once more.', outOfRange: 'Longitude lies between 73 and 136, latitude between 3 and 54.', same: 'It has not moved.', far: 'This is more than 5 km: is it meant?',
  bulk: 'Change all', bulkUnread: 'The records of {n} could not be read, and are left out: {text}', list: 'Cameras', csvHead: 'code,name,class,presence,record,last verdict,longitude,latitude',
}
