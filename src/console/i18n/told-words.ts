// Words for the fields of a check, where two computations of one differ, and for what is remarked of them.

const partsZh = {
  n: '序号', attempts: '调取', pictures: '画面', figures: '数值', findings: '档案问题', reasons: '原因', notes: '另记', kinds: '检查项', gapsAt: '间断', freezesAt: '冻结', sizes: '画面尺寸', texts: '叠加文字',
  verdict: '结论', result: '判定', record: '档案', field: '字段', rule: '规则', severity: '程度', message: '说明', zh: '中文', en: '英文', node: '节点', recheck: '复检序号', cutBefore: '此前被中断次数', camera: '摄像机', evidence: '证据文件',
  isCold: '首次请求码流', start: '调取方式', outcome: '调取结果', isOurFault: '本系统原因', sipStatus: 'SIP 状态', hop: '应答方', detail: '详情', loopLagMs: '本系统延迟', times: '时刻', trying: '100', ok: '200 OK', ack: 'ACK', firstPacket: '首包', firstKeyframe: '首个关键帧', firstPicture: '首帧画面', responseMs: '出图时间',
  stream: '码流', codec: '编码', container: '封装', transport: '传输', width: '宽', height: '高', fps: '帧率', kbps: '码率', lossRate: '丢包率', jitterMs: '抖动', packets: '收包数',
  picture: '画面结论', present: '有图像', absence: '无图像的种类', frozen: '画面冻结', sharpness: '清晰度', band: '清晰程度', blurPx: '模糊宽度', blurFigure: '模糊度量', figure: '模糊度量', brightness: '平均亮度', samples: '取样张数', clock: '时钟', atMs: '检查时间', baseline: '基准', hour: '钟点', inspection: '核查', signature: '场景特征',
  mean: '平均亮度', std: '亮度标准差', p01: '亮度 1% 分位', p99: '亮度 99% 分位', osdShare: '叠加文字的份额', difference: '与前一幅之差', blocks: '有边缘的块', noise: '噪声', clockChange: '叠加文字的变化', contrast: '对比度', cb: '蓝色差', cr: '红色差', castRatio: '偏色倍数', saturation: '饱和度', stripesAcross: '横条纹', stripesDown: '竖条纹', blockiness: '块效应',
  running: '运行状态', attempt: '第几次调取', seconds: '观察时长', wantedSeconds: '应观察时长', cut: '观察缩短的原因', declaredFps: '声明帧率', damaged: '缺损画面数', lost: '丢包数', maxJitterMs: '最大抖动', gaps: '间断次数', gapMs: '间断合计', longestGapMs: '最长间断', keyframes: '关键帧数', keyframeMs: '平均关键帧间隔', longestKeyframeMs: '最长关键帧间隔', freezes: '冻结次数', frozenMs: '冻结合计', restarts: '重启次数', atS: '起于', ms: '历时',
  device: '设备', said: '设备所称', offsetS: '时钟偏差', uncertaintyS: '不确定度', clockMissing: '未得到时钟的原因', osd: '叠加', osdMissing: '未得到叠加设置的原因', isTimeShown: '叠加时间', isTextShown: '叠加文字', code: '项目', value: '实测', threshold: '阈值', unit: '单位', basis: '依据', removedAt: '清除时间', removedWhy: '清除原因', file: '文件', sha256: 'SHA-256', kind: '类型', size: '大小',
}
const partsEn: typeof partsZh = {
  n: 'number', attempts: 'attempt', pictures: 'picture', figures: 'figure', findings: 'finding of the record', reasons: 'reason', notes: 'note', kinds: 'kind of check', gapsAt: 'interruption', freezesAt: 'freeze', sizes: 'size of the picture', texts: 'text over the picture',
  verdict: 'verdict', result: 'result', record: 'record', field: 'field', rule: 'rule', severity: 'severity', message: 'words', zh: 'Chinese', en: 'English', node: 'installation', recheck: 'number of the further check', cutBefore: 'times cut short before', camera: 'camera', evidence: 'evidence file',
  isCold: 'stream asked for anew', start: 'way of asking', outcome: 'outcome', isOurFault: 'fault of this system', sipStatus: 'SIP status', hop: 'answered by', detail: 'details', loopLagMs: 'delay of this system', times: 'time', trying: '100', ok: '200 OK', ack: 'ACK', firstPacket: 'first packet', firstKeyframe: 'first keyframe', firstPicture: 'first picture', responseMs: 'time to the first picture',
  stream: 'stream', codec: 'codec', container: 'container', transport: 'transport', width: 'width', height: 'height', fps: 'frame rate', kbps: 'bit rate', lossRate: 'loss', jitterMs: 'jitter', packets: 'packets',
  picture: 'picture', present: 'there is a picture', absence: 'why there is none', frozen: 'frozen', sharpness: 'sharpness', band: 'band', blurPx: 'width of blur', blurFigure: 'blur figure', figure: 'blur figure', brightness: 'mean luma', samples: 'pictures taken', clock: 'clock', atMs: 'time of the check', baseline: 'baseline', hour: 'hour', inspection: 'inspection', signature: 'likeness of the scene',
  mean: 'mean luma', std: 'deviation of luma', p01: '1st percentile of luma', p99: '99th percentile of luma', osdShare: 'share of text', difference: 'difference from the one before', blocks: 'blocks with an edge', noise: 'noise', clockChange: 'change of the text', contrast: 'contrast', cb: 'shift to blue', cr: 'shift to red', castRatio: 'cast, times the spread', saturation: 'saturation', stripesAcross: 'stripes across', stripesDown: 'stripes down', blockiness: 'blockiness',
  running: 'running state', attempt: 'which attempt', seconds: 'length of the look', wantedSeconds: 'length wanted', cut: 'why it was shorter', declaredFps: 'declared frame rate', damaged: 'damaged pictures', lost: 'packets lost', maxJitterMs: 'largest jitter', gaps: 'interruptions', gapMs: 'interrupted in all', longestGapMs: 'longest interruption', keyframes: 'keyframes', keyframeMs: 'mean time between keyframes', longestKeyframeMs: 'longest time between keyframes', freezes: 'freezes', frozenMs: 'frozen in all', restarts: 'restarts', atS: 'from', ms: 'for',
  device: 'device', said: 'what it says', offsetS: 'offset', uncertaintyS: 'uncertainty', clockMissing: 'why there is no clock', osd: 'text over the picture', osdMissing: 'why nothing is known of it', isTimeShown: 'shows the time', isTextShown: 'shows text', code: 'which', value: 'measured', threshold: 'bound', unit: 'unit', basis: 'where the bound comes from', removedAt: 'removed at', removedWhy: 'why it was removed', file: 'file', sha256: 'SHA-256', kind: 'kind', size: 'size',
}

export const toldZh = {
  line: '{what}：{kept} → {computed}', place: '{what}{n}', join: ' · ', absent: '无', fields: '{n} 项', severityOf: { error: '错误', warning: '提醒', info: '说明' }, startOf: { cold: '首次请求', beside: '另开一路', joined: '加入已有码流' },
  part: partsZh,
  remark: { software: '录制所用软件为 {kept}，计算所用为 {computed}', rules: '原按 {kept} 判定，现按 {computed} 计算', none: '这一路没有录制', removed: '录制已于 {at} 清除', removedWhy: '录制已于 {at} 清除（{why}）', gone: '录制文件已不在 {file}', changed: '录制不是当时留存的那一份：SHA-256 不同 {file}', nameless: '录制中没有说明它属于哪一路', other: '录制属于另一路摄像机 {camera}', more: '另有 {n} 处不同' },
}

export const toldEn: typeof toldZh = {
  line: '{what}: {kept} → {computed}', place: '{what} {n}', join: ' · ', absent: 'none', fields: '{n} fields', severityOf: { error: 'error', warning: 'warning', info: 'info' }, startOf: { cold: 'asked anew', beside: 'one more', joined: 'joined' },
  part: partsEn,
  remark: { software: 'recorded by {kept}, computed by {computed}', rules: 'judged by {kept}, computed by {computed}', none: 'this check has no recording', removed: 'the recording was removed on {at}', removedWhy: 'the recording was removed on {at}: {why}', gone: 'the recording is gone {file}', changed: 'the recording is not the one that was kept: its SHA-256 is another {file}', nameless: 'the recording does not say what it is of', other: 'the recording is of camera {camera}', more: 'and {n} more' },
}
