// Words for what stops nothing by itself, and explains much.
import type { Words } from './words.ts'

export const hintWords = {
  'hint.id-form': {
    zh: { seen: '设备编码 {device} 不是 20 位数字。', cause: '设备上的编码填写不规范；本平台仍可接入，其他平台可能拒绝（403）。', remedy: '按 GB/T 28181 附录 E 改为 20 位编码。' },
    en: { seen: 'The device id {device} is not 20 digits.', cause: 'The code set on the device is ill-formed; we take it, other platforms may answer 403.', remedy: 'Give it a 20-digit code by GB/T 28181 Annex E.' },
  },
  'hint.other-server': {
    zh: { seen: '设备的注册请求写的服务器编码是 {named}，我们是 {id}。', cause: '设备上的 SIP 服务器编码填错，或设备本来要接入另一个平台。', remedy: '在设备上把 SIP 服务器编码改为 {id}。' },
    en: { seen: 'The device’s REGISTER names the server {named}; we are {id}.', cause: 'The server id set on the device is wrong, or it was meant for another platform.', remedy: 'Set the server id on the device to {id}.' },
  },
  'hint.wrong-username': {
    zh: { seen: '设备认证用的用户名是“{username}”，不是它的编码 {device}。', cause: '设备单独设置了认证用户名；允许，但容易配错。', remedy: '若认证失败，先把认证用户名改成设备编码。' },
    en: { seen: 'The device authenticates as “{username}”, not by its id {device}.', cause: 'A user name of its own is set on the device, which is allowed and easily wrong.', remedy: 'If authentication fails, set the user name to the device id first.' },
  },
  'hint.other-realm': {
    zh: { seen: '设备认证用的域是“{realm}”，本平台的域是“{ours}”。', cause: '设备上的 SIP 域填写有误；本平台接受，其他平台多半会拒绝。', remedy: '在设备上把 SIP 域改为 {ours}。' },
    en: { seen: 'The device authenticates for the realm “{realm}”; ours is “{ours}”.', cause: 'The SIP domain set on the device is wrong; we take it, other platforms as a rule do not.', remedy: 'Set the SIP domain on the device to {ours}.' },
  },
  'hint.impostor': {
    zh: { seen: '设备注册在 {registered}，另有 {source} 以同一编码发来 {count} 次注册请求。', cause: '两台设备填了同一编码，或设备换了网络，或有人冒用其编码。', remedy: '查明该地址是谁；保证编码唯一。' },
    en: { seen: 'The device is registered at {registered}, and {source} sent {count} REGISTER with the same id.', cause: 'Two devices have this id, the device changed networks, or somebody uses its id.', remedy: 'Find out whose address that is; let each device have an id of its own.' },
  },
  'hint.never-refreshes': {
    zh: { seen: '注册已于 {until} 到期，设备没有续注册。', cause: '有的设备只注册一次，之后只发心跳；只要心跳不断，平台就视为在线。', remedy: '若心跳正常则无需处理；否则检查设备。' },
    en: { seen: 'The registration ended at {until} and was not renewed.', cause: 'Some devices register once and then only keep alive; they count as online while they do.', remedy: 'Nothing to do while keepalives come; else check the device.' },
  },
  'hint.behind-nat': {
    zh: { seen: '设备自报地址 {contact}，报文却来自 {source}。', cause: '设备在 NAT 之后。', remedy: '把心跳周期设短（不超过 60 秒），最好改用 TCP，使映射不失效。' },
    en: { seen: 'The device says it is at {contact}; its messages come from {source}.', cause: 'It is behind a NAT.', remedy: 'Keep the keepalive short (at most 60 s), best over TCP, so that the mapping stays.' },
  },
  'hint.our-address': {
    zh: { seen: '我们在信令里写的地址是 {contact}，设备在 {source}。', cause: '该地址设备到不了：对话内的请求（BYE、NOTIFY）可能发往它而丢失。', remedy: '把 media.host 设为设备可达的地址。' },
    en: { seen: 'The address in our signalling is {contact}; the device is at {source}.', cause: 'The device cannot reach that address: requests inside a dialog (BYE, NOTIFY) may be sent there and get lost.', remedy: 'Set media.host to an address that the device can reach.' },
  },
  'hint.clock': {
    zh: { seen: '设备时钟比平台{direction} {offset} 秒。', cause: '设备没有校时。', remedy: '在设备上启用 SIP 校时或 NTP；录像时间与告警时间会因此不准。' },
    en: { seen: 'The device’s clock is {offset} s {directionEn} ours.', cause: 'It is not synchronised.', remedy: 'Switch on time from SIP or NTP on the device; times of recordings and alarms are wrong until then.' },
  },
  'hint.charset': {
    zh: { seen: '设备声明的字符集是 {declared}，内容实际是 {actual}。', cause: '设备固件的声明有误；本平台按内容识别，其他系统会显示乱码。', remedy: '无需处理；若要与其他平台级联，请升级固件。' },
    en: { seen: 'The device declares {declared}, and writes {actual}.', cause: 'Its firmware declares wrongly; we read by the bytes, other systems show garbled names.', remedy: 'Nothing to do here; update the firmware if other platforms read it, too.' },
  },
  'hint.broken-xml': {
    zh: { seen: '{count} 个报文的内容不是完整的 MANSCDP（XML）。', cause: '设备没有转义特殊字符，或报文在途中被截断。', remedy: '检查通道名称中的 & 和 <；报文较大时改用 TCP。' },
    en: { seen: 'The body of {count} messages is no whole MANSCDP (XML).', cause: 'The device does not escape special characters, or messages are cut on the way.', remedy: 'Look for & and < in channel names; if messages are large, use TCP.' },
  },
  'hint.short-lease': {
    zh: { seen: '设备要求的注册有效期只有 {expires} 秒，标准要求不少于 3600 秒。', cause: '设备设置过短，注册过于频繁。', remedy: '在设备上把注册有效期设为 3600–86400 秒。' },
    en: { seen: 'The device asks for a lease of {expires} s only; the standard wants 3600 or more.', cause: 'It is set too short, and the device registers too often.', remedy: 'Set the lease on the device to 3600–86400 s.' },
  },
  'hint.repeats': {
    zh: { seen: '设备把已答复的请求重发了 {count} 次。', cause: '我们的应答有一部分没有到达设备，或到得太晚。', remedy: '检查从本机到设备方向的丢包；改用 TCP。' },
    en: { seen: 'The device repeated requests that had been answered, {count} times.', cause: 'Some of our answers do not reach it, or come too late.', remedy: 'Look for packet loss from here towards the device; use TCP.' },
  },
  'hint.unkept': {
    zh: { seen: '{count} 个报文因频率过高没有保留（自 {since}）。', cause: '设备发送过于频繁，或在批量上报目录。', remedy: '若不是目录上报，检查设备是否异常或有人冒用其编码。' },
    en: { seen: '{count} messages were not kept because they came too fast (since {since}).', cause: 'The device sends very often, or reports a large catalog.', remedy: 'If it is no catalog, see whether the device misbehaves or somebody uses its id.' },
  },
  'hint.catalog-shrank': {
    zh: { seen: '通道数从 {before} 变成 {items}。', cause: '设备上删除了通道，或录像机刚启动只报了一部分；平台不会因此立刻删除档案。', remedy: '在设备上核对通道；若应当都在，稍后重新查询目录。' },
    en: { seen: 'The catalog went from {before} channels to {items}.', cause: 'Channels were removed on the device, or a recorder that has only just started reported a part; no record is deleted for it.', remedy: 'Check the channels on the device; if they should be there, ask again later.' },
  },
  'hint.catalog-duplicates': {
    zh: { seen: '目录里有 {count} 个编码重复出现（如 {example}）。', cause: '设备重复发送，或两个通道填了同一编码；重复的只保留一条，其余通道就“消失”了。', remedy: '在设备上核对通道编码，保证互不相同。' },
    en: { seen: '{count} codes stand in the catalog more than once (such as {example}).', cause: 'The device sends items twice, or two channels have one code; only one of them is kept, so that the other “vanishes”.', remedy: 'Check the channel codes on the device: each must be its own.' },
  },
  'hint.catalog-lists-server': {
    zh: { seen: '设备的目录里列出了本平台自己的编码 {id}。', cause: '设备把上级平台当成了目录项；本平台忽略它。', remedy: '无需处理。' },
    en: { seen: 'The device lists our own id {id} in its catalog.', cause: 'It takes the upper platform for an entry; we leave it out.', remedy: 'Nothing to do.' },
  },
  'hint.catalog-notify': {
    zh: { seen: '目录查询期间收到 {count} 条目录变更通知。', cause: '变更与查询交错，旧系统会因此丢失或重复通道；本平台先完成查询再处理。', remedy: '若通道数与设备不符，重新查询目录。' },
    en: { seen: '{count} catalog notifications came while the catalog was being sent.', cause: 'Changes and query crossed, which costs other systems channels; here the query is finished first.', remedy: 'If the channels do not fit those on the device, ask for the catalog again.' },
  },
  'hint.catalog-total': {
    zh: { seen: '同一次目录应答里总数（SumNum）先后为 {totals}。', cause: '设备报的总数不一致；按最大值等待。', remedy: '若目录因此总显示不完整，升级固件。' },
    en: { seen: 'One answer told different totals (SumNum): {totals}.', cause: 'The device counts inconsistently; the largest is waited for.', remedy: 'If the catalog stays incomplete for it, update the firmware.' },
  },
  'hint.ssrc': {
    zh: { seen: 'RTP 的 SSRC 是 {seen}，约定的是 {expected}；画面正常。', cause: '设备或下级平台按自己的规则编号；本平台按端口识别，不受影响。', remedy: '无需处理；其他平台可能因此收不到流。' },
    en: { seen: 'RTP carries SSRC {seen}, {expected} was agreed; the picture is fine.', cause: 'The device or lower platform numbers by a rule of its own; we know streams by their port and are not affected.', remedy: 'Nothing to do here; other platforms may see no stream for it.' },
  },
  'hint.other-transport': {
    zh: { seen: '通道 {channel} 先以 {first} 取流，没有收到任何包；再以 {second} 取流，收到了。', cause: '途中防火墙拦截了 {first} 的媒体，或设备以该方式不发送；观看者因此多等几秒，此后一小时内直接从 {second} 开始；抽查仍按设定的方式。', remedy: '放行 media.ports 的 {first}，或在“设备”页把该设备的传输方式改为 {second}。' },
    en: { seen: 'Channel {channel} was asked for over {firstEn} first, and nothing came; then over {secondEn}, and it did.', cause: 'A firewall stops media over {firstEn}, or the device does not send that way. Viewers wait some seconds longer for it; for an hour the next start begins with {secondEn}. Inspections go by the transport that is set.', remedy: 'Let {firstEn} through to media.ports, or set the device to {secondEn} on the devices page.' },
  },
  'hint.both-transports': {
    zh: { seen: '通道 {channel} 先后以 {first} 和 {second} 取流，都没有收到任何包。', cause: '两种方式都不通：多半不是防火墙的某一条规则，而是收流地址设备到不了，或设备没有真正取到流。', remedy: '先看收流地址（media.host）设备能否到达，再在设备上预览该通道。' },
    en: { seen: 'Channel {channel} was asked for over {firstEn} and then over {secondEn}; nothing came either way.', cause: 'Both are stopped: hardly one rule of a firewall, but an address of ours that the device cannot reach, or no stream in the device.', remedy: 'See first whether the device can reach media.host, then view the channel on the device.' },
  },
  'hint.loss': {
    zh: { seen: '最近一次取流丢包 {loss}%。', cause: '网络拥塞或接收缓冲太小。', remedy: '改用 TCP 被动；加大 net.core.rmem_max；检查带宽。' },
    en: { seen: 'The last stream lost {loss} % of its packets.', cause: 'The network is congested, or the receive buffer too small.', remedy: 'Use TCP passive; raise net.core.rmem_max; check the bandwidth.' },
  },
} as const satisfies Readonly<Record<string, Words>>
