// Words for what follows once a device is there: catalog, invite, media.
import type { Words } from './words.ts'

const nothingToDo = { zh: '无需处理。', en: 'Nothing to do.' } as const
const before = { zh: '先解决前一阶段。', en: 'Solve the stage before this one first.' } as const

export const sessionWords = {
  'catalog.ok': {
    zh: { seen: '目录完整：{items} 个通道（{time}）。', cause: '', remedy: nothingToDo.zh },
    en: { seen: 'The catalog is complete: {items} channels ({time}).', cause: '', remedy: nothingToDo.en },
  },
  'catalog.not-tried': {
    zh: { seen: '还没有查询过目录。', cause: '', remedy: '设备在线后会自动查询，也可在“设备”页点“重新查询目录”。' },
    en: { seen: 'The catalog has not been asked for.', cause: '', remedy: 'It is asked when the device comes online, or on the devices page.' },
  },
  'catalog.pending': {
    zh: { seen: '目录查询已发出，已收到 {pages} 个应答报文。', cause: '', remedy: '大型录像机可能需要几分钟，稍候再看。' },
    en: { seen: 'The catalog was asked for; {pages} messages of the answer have come.', cause: '', remedy: 'A large recorder may take minutes: look again in a moment.' },
  },
  'catalog.empty': {
    zh: { seen: '设备回复说它没有任何通道（SumNum=0）。', cause: '录像机上没有接入摄像机，或没有为通道分配国标编码，或刚启动尚未就绪。', remedy: '在设备上为每个通道填写 20 位编码并勾选上报，然后重新查询目录。' },
    en: { seen: 'The device says that it has no channels (SumNum 0).', cause: 'No cameras are joined to the recorder, its channels have no GB/T 28181 codes, or it has only just started.', remedy: 'Give each channel a 20-digit code on the device and let it be reported, then ask for the catalog again.' },
  },
  'catalog.incomplete-udp': {
    zh: { seen: '目录不完整：收到 {items}/{sumNum} 个通道；应答走 UDP，最大的报文 {largest} 字节，超过 1300 字节。', cause: '大的 UDP 报文被分片，途中丢了分片，整个报文就丢了。', remedy: '在设备上把 SIP 传输方式改为 TCP，然后重新查询目录（GB/T 28181-2022 附录 M 也要求超过 MTU 的报文走 TCP）。' },
    en: { seen: 'The catalog is incomplete: {items} of {sumNum} channels; it comes over UDP in messages of up to {largest} bytes, above 1,300.', cause: 'Large UDP messages are fragmented, and one lost fragment loses the whole message.', remedy: 'Set the device’s SIP transport to TCP and ask for the catalog again (GB/T 28181-2022 Annex M, too, puts messages above the MTU on TCP).' },
  },
  'catalog.incomplete': {
    zh: { seen: '目录不完整：收到 {items}/{sumNum} 个通道，之后设备不再发送（{reason}）。', cause: '应答途中丢失，或设备报的总数大于它实际发送的数量。', remedy: '重新查询目录；若每次都停在同一数量，多半是设备总数报错，可以忽略；否则改用 TCP。' },
    en: { seen: 'The catalog is incomplete: {items} of {sumNum} channels, then the device fell silent ({reason}).', cause: 'Answers were lost on the way, or the device announces more than it sends.', remedy: 'Ask again; if it stops at the same number every time, the device’s total is wrong and may be ignored; else use TCP.' },
  },
  'catalog.no-answer': {
    zh: { seen: '设备对目录查询回了 200，但没有发来目录。', cause: '设备没有可上报的通道、查询的编码不是设备自身的编码，或应答在途中丢失。', remedy: '核对设备上的“设备编码”与注册用的编码一致；改用 TCP；升级固件。' },
    en: { seen: 'The device answered the catalog query with 200 and never sent the catalog.', cause: 'It has nothing to report, answers only to another id than the one it registers with, or its answer was lost.', remedy: 'See that the device id on it is the one it registers with; use TCP; update its firmware.' },
  },
  'catalog.query-lost': {
    zh: { seen: '目录查询发往 {target}，重发 {count} 次，设备没有任何应答。', cause: '从本平台到设备方向不通：NAT 映射失效、防火墙单向放行，或设备已离线。', remedy: '检查从本机到设备方向的网络；设备经 NAT 接入时改用 TCP。' },
    en: { seen: 'The catalog query went to {target} {count} times, and nothing came back.', cause: 'The way from here to the device is closed: an expired NAT mapping, a one-way firewall, or the device is gone.', remedy: 'Check the network from here towards the device; behind a NAT use TCP.' },
  },
  'catalog.refused': {
    zh: { seen: '设备拒绝了目录查询：{status} {phrase}（由 {hop} 回复）。', cause: '设备不认识查询中的编码或本平台的编码，或正忙。', remedy: '核对设备上填写的服务器编码是否为 {id}；查看设备日志。' },
    en: { seen: 'The catalog query was refused: {status} {phrase} (by {hop}).', cause: 'The device knows neither the id that was asked nor ours, or is busy.', remedy: 'See that the server id set on the device is {id}; look at the device’s log.' },
  },
  'catalog.failed': {
    zh: { seen: '目录查询失败：{reason}。', cause: '查询没能完成。', remedy: '稍后重新查询目录。' },
    en: { seen: 'The catalog query failed: {reason}.', cause: 'It could not be finished.', remedy: 'Ask for the catalog again later.' },
  },
  'invite.ok': {
    zh: { seen: '通道 {channel} 接受了点播（200 OK，{time}）。', cause: '', remedy: nothingToDo.zh },
    en: { seen: 'Channel {channel} accepted the INVITE (200 OK, {time}).', cause: '', remedy: nothingToDo.en },
  },
  'invite.not-tried': {
    zh: { seen: '还没有点播过该设备的通道。', cause: '', remedy: '打开一路实时视频再看。' },
    en: { seen: 'No channel of this device has been asked for media.', cause: '', remedy: 'Open a live view and look again.' },
  },
  'invite.unreachable': {
    zh: { seen: '没有向通道 {channel} 发出点播：{detail}。', cause: '设备未注册或离线。', remedy: before.zh },
    en: { seen: 'Channel {channel} was not invited: {detail}.', cause: 'The device is not registered, or offline.', remedy: before.en },
  },
  'invite.pending': {
    zh: { seen: '点播已发出，等待设备应答。', cause: '', remedy: '稍候再看。' },
    en: { seen: 'An INVITE left, and its answer is awaited.', cause: '', remedy: 'Look again in a moment.' },
  },
  'invite.stopped': {
    zh: { seen: '对通道 {channel} 的点播在设备应答前已被取消：{detail}。', cause: '观看者先离开了，或服务正在停止。', remedy: '再试一次，并多等几秒。' },
    en: { seen: 'The INVITE of channel {channel} was given up before the device answered: {detail}.', cause: 'The viewer left first, or the service was stopping.', remedy: 'Try again and wait some seconds longer.' },
  },
  'invite.no-port': {
    zh: { seen: '本平台没有可用的媒体端口：{detail}。', cause: '端口范围（media.ports）太小、被占用，或地址无法绑定。', remedy: '扩大 media.ports，或运行 yiji check 查看。' },
    en: { seen: 'No media port could be opened here: {detail}.', cause: 'The range media.ports is too small, is taken, or its address cannot be bound.', remedy: 'Widen media.ports, or run yiji check.' },
  },
  'invite.no-response': {
    zh: { seen: '向 {target} 发出的点播（INVITE）共 {count} 次，连 100 Trying 都没有收到。', cause: '点播请求到不了设备：NAT 映射失效、防火墙单向放行；若设备的其他应答正常，则可能是 UDP 分片丢失。', remedy: '检查从本机到设备方向的网络；改用 TCP 信令。' },
    en: { seen: 'INVITE left for {target} {count} times, and not even a 100 Trying came back.', cause: 'The request does not reach the device: an expired NAT mapping or a one-way firewall; if it answers other requests, a lost UDP fragment.', remedy: 'Check the network from here towards the device; use TCP for signalling.' },
  },
  'invite.no-final': {
    zh: { seen: '设备对点播回了 {provisional}，之后没有最终应答（{detail}）。', cause: '设备或下级平台在等它自己的摄像机，取流超时；或最终应答在途中丢失。', remedy: '在设备/下级平台上直接预览该通道；若能看到，改用 TCP 信令。' },
    en: { seen: 'The INVITE was answered {provisional}, and then nothing final came ({detail}).', cause: 'The device or lower platform waits for a camera of its own, or its final answer was lost.', remedy: 'View the channel on the device or lower platform itself; if that works, use TCP for signalling.' },
  },
  'invite.busy': {
    zh: { seen: '设备回复 486 忙（由 {hop} 回复）。', cause: '设备仍保留着上一次的会话，或并发取流数已满。', remedy: '等一两分钟再试；仍忙则重启设备，或减少同时取流的平台。' },
    en: { seen: 'The device answered 486 Busy Here (by {hop}).', cause: 'It still holds an earlier session, or all the streams it can send are taken.', remedy: 'Try again in a minute or two; if it stays busy, restart it, or let fewer platforms take streams from it.' },
  },
  'invite.not-acceptable': {
    zh: { seen: '设备回复 488（由 {hop} 回复）:不接受点播中的媒体描述（以 {transport} 接收，通道 {channel}）。', cause: '设备不支持所要求的传输方式或格式。', remedy: '在“设备”页把媒体传输方式换成另一种（UDP 或 TCP 被动）再试。' },
    en: { seen: 'The device answered 488 (by {hop}): it does not take the media description we offered (over {transport}, channel {channel}).', cause: 'It cannot send in the asked transport or format.', remedy: 'Change the media transport on the devices page to the other one (UDP or TCP passive) and try again.' },
  },
  'invite.unknown-channel': {
    zh: { seen: '设备回复 404（由 {hop} 回复）:不认识通道 {channel}。', cause: '通道编码已改变或通道已删除，平台的目录是旧的。', remedy: '重新查询目录；在设备上核对该通道的编码。' },
    en: { seen: 'The device answered 404 (by {hop}): it does not know channel {channel}.', cause: 'The channel’s code was changed or the channel removed; our catalog is old.', remedy: 'Ask for the catalog again; check the channel’s code on the device.' },
  },
  'invite.hop-refused': {
    zh: { seen: '经下级平台点播通道 {channel}，{hop} 回复 {status} {phrase}。', cause: '级联寻址不通：下级平台登记的上级编码/地址与我们的不符（我们：{id}，Contact {contact}），或我们报的是对方到不了的内网地址，或通道属于更下一级。', remedy: '让下级平台核对上级编码 {id} 与地址，并允许从 {contact} 点播；我们这边把 media.host 设为对方可达的地址；再重新同步目录。' },
    en: { seen: 'Channel {channel} was invited through a lower platform, and {hop} answered {status} {phrase}.', cause: 'The cascade is addressed wrongly: the upper id or address set there is not ours (we are {id}, Contact {contact}), our address is a private one that cannot be reached from there, or the channel is one platform further down.', remedy: 'Let the lower platform check the upper id {id} and its address, and allow INVITE from {contact}; set media.host here to an address that it can reach; then ask for the catalog again.' },
  },
  'invite.refused': {
    zh: { seen: '设备拒绝了点播：{status} {phrase}（由 {hop} 回复，通道 {channel}）。', cause: '设备或途中的平台拒绝了请求。', remedy: '按状态码查看设备日志：403 无权限，480/503 暂不可用，500 设备内部错误。' },
    en: { seen: 'The INVITE was refused: {status} {phrase} (by {hop}, channel {channel}).', cause: 'The device, or a platform before it, said no.', remedy: 'Look at the device’s log by the status: 403 no permission, 480 and 503 not now, 500 an error inside the device.' },
  },
  'invite.late-answer': {
    zh: { seen: '我们取消点播（CANCEL）之后，设备才在 {after} 秒后回复 200；已用 ACK 确认并立即 BYE 挂断。', cause: '设备取流太慢，应答超过了等待时间。', remedy: '无需在设备上处理残留会话；若经常发生，在设备上查看取流为何这么慢，或延长等待时间。' },
    en: { seen: 'The device answered 200 {after} s after our CANCEL; it was acknowledged and hung up with BYE at once.', cause: 'The device is slow to start and answered after we had stopped waiting.', remedy: 'No session is left over. If it happens often, see why the device takes so long, or wait longer.' },
  },
  'invite.keeps-pushing': {
    zh: { seen: '取消之后设备回复了 200，我们发出的 BYE {status}。', cause: '设备可能还在继续推流，占用带宽和它的并发路数。', remedy: '在设备上断开该会话或重启设备；升级固件。' },
    en: { seen: 'The device answered 200 after our CANCEL, and the BYE that followed {statusEn}.', cause: 'It may still be sending, which costs bandwidth and one of its streams.', remedy: 'End the session on the device or restart it; update its firmware.' },
  },
  'media.ok': {
    zh: { seen: '从 {source} 收到 {packets} 个 RTP 包，{codec}，首包 {first} 秒。', cause: '', remedy: nothingToDo.zh },
    en: { seen: '{packets} RTP packets came from {source}, {codec}, the first after {first} s.', cause: '', remedy: nothingToDo.en },
  },
  'media.not-tried': {
    zh: { seen: '还没有取过流。', cause: '', remedy: before.zh },
    en: { seen: 'No media has been asked for.', cause: '', remedy: before.en },
  },
  'media.pending': {
    zh: { seen: '正在取流。', cause: '', remedy: '稍候再看。' },
    en: { seen: 'A stream is running or being started.', cause: '', remedy: 'Look again in a moment.' },
  },
  'media.sdp-loopback': {
    zh: { seen: '设备回复了 200，但端口 {port} 没有收到任何包；点播里写的收流地址是 {address}，设备在 {device}。', cause: '收流地址是本机回环或空地址，别的机器到不了。', remedy: '把 media.host（YIJI_MEDIA_HOST）设为摄像机能到达的本机地址，重启服务。' },
    en: { seen: 'The device answered 200, and nothing came to port {port}; the address in our INVITE is {address}, the device is at {device}.', cause: 'That address is loopback or empty: no other machine can reach it.', remedy: 'Set media.host (YIJI_MEDIA_HOST) to an address of this machine that cameras can reach, and restart.' },
  },
  'media.sdp-private': {
    zh: { seen: '设备回复了 200，但端口 {port} 没有收到任何包；点播里写的收流地址 {address} 是内网地址，设备在 {device}。', cause: '设备与收流地址不在同一网络（例如容器内地址、NAT 之后的地址），媒体包到不了。', remedy: '把 media.host 设为设备可达的地址（NAT 后为已做端口映射的公网地址），并映射 media.ports 的 UDP 与 TCP。' },
    en: { seen: 'The device answered 200, and nothing came to port {port}; the address in our INVITE, {address}, is a private one, and the device is at {device}.', cause: 'The device is in another network (the address is a container’s, or behind a NAT): its media cannot get there.', remedy: 'Set media.host to an address that the device can reach (behind a NAT the public one that is forwarded), and forward UDP and TCP of media.ports.' },
  },
  'media.tcp-not-connected': {
    zh: { seen: '设备回复了 200，但没有连接到我们的 TCP 端口 {port}（地址 {address}）。', cause: '防火墙没有放行媒体端口的 TCP，或设备不支持 TCP 被动模式。', remedy: '放行 media.ports 的 TCP；或在“设备”页改用 UDP 再试。' },
    en: { seen: 'The device answered 200 and never connected to our TCP port {port} (address {address}).', cause: 'A firewall does not let TCP through to the media ports, or the device cannot send that way.', remedy: 'Open media.ports for TCP, or try UDP on the devices page.' },
  },
  'media.nothing-came': {
    zh: { seen: '设备回复了 200，但 UDP 端口 {port}（地址 {address}）没有收到任何包。', cause: '途中防火墙拦截了媒体端口的 UDP，或设备没有真正取到流。', remedy: '放行 media.ports 的 UDP；在“设备”页改用 TCP 被动再试；在设备上预览该通道。' },
    en: { seen: 'The device answered 200, and nothing came to UDP port {port} (address {address}).', cause: 'A firewall stops UDP to the media ports, or the device has no stream to send.', remedy: 'Open media.ports for UDP; try TCP passive on the devices page; view the channel on the device.' },
  },
  'media.rtcp-only': {
    zh: { seen: '端口 {port} 只收到 {rtcp} 个 RTCP 包（来自 {source}），没有 RTP。', cause: '设备建立了会话但没有视频可发（编码未启动、通道无信号），或 RTP 与 RTCP 端口弄反。', remedy: '在设备上预览该通道、检查编码设置；重启设备后再试。' },
    en: { seen: 'Only RTCP came to port {port}: {rtcp} packets from {source}, and no RTP.', cause: 'The device made the session and has no video to send (encoder not running, no signal), or mixes up its RTP and RTCP ports.', remedy: 'View the channel on the device and check its encoder; restart it and try again.' },
  },
  'media.not-rtp': {
    zh: { seen: '端口 {port} 收到 {arrivals} 个包（{bytes} 字节，来自 {source}），都不是 RTP。', cause: '设备按私有格式发送，或发包的不是这台设备。', remedy: '在设备上把码流改为国标 PS/RTP；核对来源地址。' },
    en: { seen: '{arrivals} packets ({bytes} bytes) came to port {port} from {source}, and none is RTP.', cause: 'The device sends a format of its own, or somebody else sends.', remedy: 'Set the device to PS over RTP of GB/T 28181; check the source address.' },
  },
  'media.wrong-ssrc': {
    zh: { seen: '收到的 RTP 的 SSRC 为 {seen}，约定的是 {expected}，没有解出画面。', cause: '可能是上一次会话的残留码流，或设备/下级平台自行编号并发了别的通道。', remedy: '等一分钟再试；仍如此则重启设备，并核对通道编码有无重复。' },
    en: { seen: 'RTP came with SSRC {seen}, {expected} was agreed, and no picture came of it.', cause: 'Perhaps an earlier session that was never ended, or a device or lower platform that numbers by itself and sends another channel.', remedy: 'Try again in a minute; if it stays so, restart the device, and see that no channel code is used twice.' },
  },
  'media.wrong-container': {
    zh: { seen: '收到 {packets} 个 RTP 包（负载类型 {type}），但内容不是 PS 流。', cause: '设备发的是厂商私有封装{encoding}。', remedy: '在设备上关闭私有码流/智能编码，选择标准 PS 封装、H.264 或 H.265。' },
    en: { seen: '{packets} RTP packets came (payload type {type}), and they hold no program stream.', cause: 'The device sends a vendor’s own container{encoding}.', remedy: 'Switch off private stream formats and smart codecs on the device; choose standard PS with H.264 or H.265.' },
  },
  'media.no-picture': {
    zh: { seen: '收到 {packets} 个 RTP 包的 PS 流，但里面没有可识别的视频（丢包率 {loss}%）。', cause: '只有音频或私有数据，或 PSM 与实际不符，或丢包严重。', remedy: '在设备上检查视频编码；丢包高时改用 TCP。' },
    en: { seen: 'A program stream came in {packets} RTP packets, and no video that can be recognised is in it (loss {loss} %).', cause: 'It carries only audio or private data, its map is wrong, or too much was lost.', remedy: 'Check the video encoder on the device; if loss is high, use TCP.' },
  },
  'media.no-keyframe': {
    zh: { seen: '收到 {packets} 个 RTP 包的 {codec} 视频，但等不到关键帧（丢包率 {loss}%）。', cause: '关键帧间隔太长，或关键帧较大而在途中丢包。', remedy: '把 I 帧间隔设为 1–2 秒；改用 TCP；加大 net.core.rmem_max。' },
    en: { seen: '{codec} video came in {packets} RTP packets, and no keyframe with parameter sets (loss {loss} %).', cause: 'Keyframes are too far apart, or so large that parts of them get lost.', remedy: 'Set the keyframe interval to 1 or 2 s; use TCP; raise net.core.rmem_max.' },
  },
  'media.lost-midway': {
    zh: { seen: '画面出来后又中断：{reason}。', cause: '设备挂断、断网，或途中丢失。', remedy: '查看设备是否重启或达到并发上限；改用 TCP。' },
    en: { seen: 'A picture came, and then the stream ended: {reason}.', cause: 'The device hung up or lost its network.', remedy: 'See whether it restarted or reached its limit of streams; use TCP.' },
  },
} as const satisfies Readonly<Record<string, Words>>
