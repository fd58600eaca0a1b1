// Chinese, the first language. en.ts has the same shape; the compiler sees to it.
import { accountZh } from './account-words.ts'
import { adminZh } from './admin-words.ts'
import { exemptionsZh } from './exemption-words.ts'
import { findingsZh } from './finding-words.ts'
import { homeZh } from './home-words.ts'
import { importsZh } from './import-words.ts'
import { listZh } from './list-words.ts'
import { recordZh } from './record-words.ts'
import { keepingZh } from './keeping-words.ts'
import { rulesZh } from './rule-words.ts'
import { sidesZh } from './side-words.ts'
import { shellZh } from './shell-words.ts'
import { drawZh, historyZh, makingZh, watchingZh } from './making-words.ts'
import { afterZh } from './after-words.ts'
import { figureZh, lookZh, unitZh } from './look-words.ts'
import { problemsZh } from './problem-words.ts'
import { toldZh } from './told-words.ts'
import { verdictZh } from './verdict-words.ts'
import { deviceZh } from './device-words.ts'
import { mapZh } from './map-words.ts'
import { playbackZh, wallZh } from './wall-words.ts'

export const zh = {
  app: { name: '一机一档', sub: '视频联网在线核查', language: 'English', logout: '退出', nav: '主导航', skip: '跳到正文', allAreas: '全部区域', zone: '北京时间', ...shellZh },
  nav: { home: '首页', cameras: '摄像机', findings: '问题', map: '地图', streams: '实时', inspections: '核查', devices: '设备', admin: '管理' },
  role: { admin: '管理员', assessor: '核查员', editor: '档案员', viewer: '查看者' },
  common: {
    loading: '正在加载…', stale: '下面显示的是之前的内容。', colon: '：', list: '；', paren: '（{text}）', retry: '再试一次', close: '关闭', cancel: '取消', none: '无', all: '全部', area: '行政区划', previous: '上一页', next: '下一页', first: '回到第一页',
    yes: '是', no: '否', unknownPage: '没有这个页面', goHome: '回到首页', other: '其他', working: '处理中…', total: '共 {n} 条', shown: '第 {from}–{to} 条，共 {n} 条',
  },
  login: {
    title: '登录', name: '账号', password: '密码', submit: '登录', nameMissing: '请填写账号。', passwordMissing: '请填写密码。',
    wrong: '账号或密码不对，或账号已停用。请检查后重试；忘记密码请找管理员。', expired: '登录已过期，请重新登录；登录后会回到刚才的页面。', expiredHere: '登录已过期。请输入密码继续；页面上的内容都还在。', other: '换一个账号登录（未保存的内容会丢失）',
    first: '首次启动时的管理员密码显示在服务的启动输出里。', show: '显示密码',
  },
  presence: { online: '在线', late: '心跳迟到', offline: '离线', unknown: '未上线' },
  class: { '1': '一类', '2': '二类', '3': '三类', '4': '公安内部', '9': '其他', none: '未分类' },
  cameras: {
    title: '摄像机', count: '路', online: '在线', complete: '档案完整', allClasses: '全部点位', search: '名称、编码、地址…', searchLabel: '查找', class: '类别', owner: '管理单位', presence: '状态',
    record: '档案', onlineOnly: '在线', offlineOnly: '不在线', completeOnly: '完整', incompleteOnly: '有错误', name: '名称', code: '编码', clear: '清除筛选',
    findings: '{n} 处错误', warnings: '{n} 处提醒', isComplete: '完整', draft: '待建档', draftHint: '设备目录里有，尚无单位申报档案', retired: '已停用', unnamed: '（未命名）',
    empty: '还没有摄像机档案。', emptyHint: '导入一份档案表，或让设备注册并上报目录。', emptyFilter: '没有符合条件的摄像机。', watch: '看实时',
    declared: '申报（单位填写）', reported: '上报（设备目录）', field: '项目', differs: '不一致', findingsTitle: '档案问题', noFindings: '没有发现问题。', notReported: '设备目录中尚未出现这路摄像机。',
    reportedBy: '设备 {device} 于 {at} 上报', declaredNothing: '尚无单位申报。', updated: '更新于 {at}', sides: '申报与上报对照', error: '错误', warning: '提醒', info: '说明', notFound: '没有编码为 {id} 的摄像机，或不在您的区域内。',
  },
  live: {
    title: '实时', none: '现在没有正在传输的码流。', noneHint: '在摄像机列表中点“看实时”即可打开画面。', open: '打开', streams: '正在传输的码流', connecting: '正在请摄像机发送画面…', again: '正在再次请求…', connectingHint: '摄像机收到请求后一般几秒内出图。',
    playing: '播放中', ended: '码流中断，{n} 秒后重连（第 {k} 次）', next: '{n} 秒后再次请求（第 {k} 次）', retryNow: '立即重连', failed: '没有画面', silent: '已 {n} 秒没有新画面，摄像机可能停止了发送。', snapshots: '快照方式',
    cannotDecode: '此浏览器不能解码 {codec}，改为每几秒显示一张快照。需要连续画面时，可由服务转成 H.264（占用服务的 CPU，路数有限），或换用支持 H.265 的浏览器（如带硬件解码的新版 Chrome 或 Edge）。',
    asH264: '看 H.264 版本', asItIs: '看原码流', isH264: '这是服务转成 H.264 的版本，画质与原码流略有不同。', way: '连接方式', overHttp: 'HTTP', overWs: 'WebSocket', firstSnapshot: '正在取第一张快照…', snapshotAt: '快照时间 {at}',
    takeSnapshot: '拍快照', full: '全屏', sound: '声音', noSound: '这路码流现在没有可播放的声音：摄像机未发送，或其编码不受支持，或服务同时转码的路数已满。', noneHeard: '无', soundFull: '转码路数已满', figures: '码流参数', noFigures: '码流尚未建立，暂无参数。', codec: '编码', size: '尺寸', fps: '帧率', rate: '码率', loss: '丢包率', jitter: '抖动', viewers: '观看人数', transport: '传输', behind: '落后实况',
    gop: '关键帧间隔', frames: '{n} 帧', uptime: '已传输', restarts: '中断后恢复次数', state: '状态', record: '查看档案', saved: '快照已保存到下载目录。',
    streamState: { starting: '建立中', live: '传输中', lingering: '无人观看，稍后关闭', stopping: '关闭中', resting: '已中断，稍后重试' },
    answeredBy: '应答方 {hop}', sipStatus: 'SIP 状态 {n}', noMse: '此浏览器不支持连续播放（缺少 Media Source Extensions），改为每几秒显示一张快照。',
  },
  transport: { udp: 'UDP', tcp: 'TCP', 'tcp-passive': 'TCP 被动', 'tcp-active': 'TCP 主动', 'rtsp-udp': 'RTSP（UDP）', 'rtsp-tcp': 'RTSP（TCP）' },
  inspections: {
    title: '核查', fresh: '新建核查', empty: '还没有核查。', emptyHint: '点“新建核查”：按类抽取摄像机，逐路调取画面并给出结论。', id: '编号', area: '区域', state: '状态', seed: '随机种子', progress: '进度', results: '结论', started: '开始（北京时间）', by: '发起人', rules: '规则集',
    stateOf: { running: '进行中', paused: '已暂停', done: '已完成', cancelled: '已取消', interrupted: '被中断' }, report: '报告', reportHtml: '报告', workbook: 'Excel 表', json: 'JSON', reportLater: '完成后可查看报告。',
    cancel: '停止核查', cancelSure: '停止后，已完成的结论保留，未检的不再检。确定停止吗？', cancelled: '正在停止；已完成的保留。', of: '{done} / {total}', draw: '抽样', populationSize: '总体 {n} 路', hash: '总体 SHA-256', algorithm: '抽样算法', took: '用时', copy: '复制', copied: '已复制',
    strata: '{class} {drawn}/{population}', fewer: '该类不足应抽 {asked} 路，已全部抽取', passRate: '合格 {n} / {of}', live: '实时更新中', lost: '与服务的连接断开，正在重连；核查本身不受影响。', notFound: '没有编号为 {id} 的核查，或不在您的区域内。', whole: '全部区域',
  },
  fresh: {
    title: '新建核查', area: '行政区划代码', areaHint: '留空为全部区域；如 320116 为六合区。', areaWrong: '应为 2、4、6 或 8 位数字。', strata: '每类抽取', available: '该区有 {n} 路', seed: '随机种子', seedHint: '十六进制。留空由系统生成并公布；多方核查时可由各方共同给出。', seedWrong: '应为成对的十六进制字符，如 3fa2c04d。',
    rules: '规则集', start: '开始核查', nothing: '至少抽取一路。', fewer: '不足，将全部抽取',
  },
  check: {
    waiting: '待完成', running: '正在调取…', attempt: '第 {n} 次', attempting: '第 {n} 次：{outcome}', response: '出图', ms: '{n} ms', noPicture: '未取得画面', picture: '画面', record: '档案', recordPass: '四项合格', recordFail: '不合格', sharpness: '清晰度', verdict: '结论', reasons: '依据', attempts: '调取过程', outcome: '结果',
    ok: '200 OK', firstPacket: '首包', firstKeyframe: '首个关键帧', firstPicture: '首帧画面', timesNote: '时间自 INVITE（RTSP 为首个 DESCRIBE）发出起，毫秒。', stream: '码流', evidence: '证据', recording: '录制（pcapng）', title: '第 {n} 路', noReasons: '各项均符合规则。', cold: '冷启动', warm: '已在播放', previous: '上一路', next: '下一路', notDone: '这一路尚未检完。', px: '{n} 像素（1080p）', lag: '本机延迟',
  },
  review: { title: '人工复核', confirm: '判为合格', overrule: '判为不合格', reason: '理由', reasonMissing: '请写明理由，理由随结论保存。', said: '{by} 于 {at} 判为{result}：{reason}', saved: '复核已保存。', machine: '机器结论不变，复核意见并列保存。' },
  devices: {
    title: '设备', empty: '还没有设备注册过。', emptyHint: '在摄像机或录像机的国标接入页填写本服务的 SIP 地址、端口与编码。', id: '设备编码', presence: '状态', approved: '准入', isApproved: '已准入', waiting: '等待准入', approve: '准入', signalling: '信令', address: '地址', media: '媒体传输', channels: '通道', catalog: '目录', catalogAgain: '重新查询目录', catalogNever: '未收到', catalogPart: '不完整',
    asked: '已向设备查询目录，结果稍后显示。', approvedNow: '已准入；设备下次注册即可上线。', version: '版本', since: '自 {at}', expires: '注册有效至 {at}', detail: '详情', history: '状态变化', noHistory: '尚无变化。', noChannels: '尚无通道。', channelName: '通道名称', channelId: '通道编码', changed: '{from} → {to}', firstSeen: '首次出现 {at}', mediaChanged: '下次调取按 {transport} 请求。', userAgent: '厂商标识', status: { on: '正常', off: '故障', unknown: '未知' },
    reason: { registered: '注册', restored: '服务重启后恢复', keepalive: '收到心跳', 'keepalive-late': '心跳迟到', 'keepalive-lost': '心跳丢失', unregistered: '注销', 'connection-lost': '连接断开', 'registration-expired': '注册已过期', rebooting: '设备重启中', 'reboot-overdue': '重启后未恢复', 'heard-elsewhere': '来自其他地址，已拒绝', 'service-restarted': '服务重启' },
  },
  ...verdictZh,
  record: recordZh,
  device: deviceZh,
  map: mapZh,
  wall: wallZh,
  playback: playbackZh,
  sides: sidesZh,
  rules: rulesZh,
  keeping: keepingZh,
  home: homeZh,
  list: listZh,
  imports: importsZh,
  findings: findingsZh,
  exemptions: exemptionsZh,
  admin: adminZh,
  own: accountZh,
  making: makingZh,
  draws: drawZh,
  watching: watchingZh,
  history: historyZh,
  look: lookZh,
  figure: figureZh,
  unit: unitZh,
  after: afterZh,
  told: toldZh,
  problem: problemsZh,
}

export type Messages = typeof zh
