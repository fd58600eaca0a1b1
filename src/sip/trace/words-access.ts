// Words for the way in: address, authentication, keepalive.
import type { Words } from './words.ts'

const nothingToDo = { zh: '无需处理。', en: 'Nothing to do.' } as const

export const accessWords = {
  'address.ok': {
    zh: { seen: '设备的报文从 {source} 到达，最近一次在 {last}。', cause: '', remedy: nothingToDo.zh },
    en: { seen: 'The device’s messages arrive from {source}, the latest at {last}.', cause: '', remedy: nothingToDo.en },
  },
  'address.silent': {
    zh: {
      seen: '从未收到过设备 {device} 的任何报文。',
      cause: '设备上的服务器地址、端口或传输方式（UDP/TCP）填写有误，或防火墙、路由不通，或设备未启用国标接入。',
      remedy: '在设备上核对：SIP 服务器编码 {id}、SIP 域 {realm}、本机地址与端口；再检查防火墙是否放行 SIP 端口的 UDP 与 TCP。另有 {strangers} 个地址发来无法对应设备的报文，见“陌生来源”。',
    },
    en: {
      seen: 'Nothing has ever come from a device that calls itself {device}.',
      cause: 'The server address, port or transport (UDP or TCP) set on the device is wrong, a firewall or a missing route is between, or GB/T 28181 is not switched on there.',
      remedy: 'Check on the device: server id {id}, SIP domain {realm}, our address and port; then that the firewall lets UDP and TCP through to the SIP port. {strangers} other addresses send what belongs to no device: see the strangers’ trace.',
    },
  },
  'address.unreadable': {
    zh: { seen: '从 {source} 收到 {count} 个报文，都不是可识别的 SIP 报文。', cause: '该端口上跑的不是国标协议（例如设备选了厂商私有协议、ONVIF 或 TLS），或途中设备改写了报文。', remedy: '在设备上把平台接入方式改为 GB/T 28181；关闭路由器上的 SIP ALG。' },
    en: { seen: '{count} packets came from {source}, and none of them is a SIP message.', cause: 'Something other than GB/T 28181 is spoken there (a vendor’s own protocol, ONVIF, TLS), or a box on the way rewrites the messages.', remedy: 'Set the device’s platform access to GB/T 28181; switch off the SIP ALG of routers.' },
  },
  'address.no-register': {
    zh: { seen: '设备从 {source} 发来 {count} 个报文，但没有一个是注册（REGISTER）。', cause: '设备以为自己仍在线：注册未到期，而本平台没有它的注册记录。', remedy: '等待设备重新注册（最长为其注册有效期），或在设备上关闭再打开平台接入、重启设备。' },
    en: { seen: 'The device sent {count} messages from {source}, and none of them is a REGISTER.', cause: 'The device believes that it is registered: its lease runs on, and we have no record of it.', remedy: 'Wait until it registers again (at most its lease), or switch its platform access off and on, or restart it.' },
  },
  'authentication.ok': {
    zh: { seen: '{time} 从 {source} 注册成功，有效期 {expires} 秒。', cause: '', remedy: nothingToDo.zh },
    en: { seen: 'Registered at {time} from {source} for {expires} s.', cause: '', remedy: nothingToDo.en },
  },
  'authentication.restored': {
    zh: { seen: '沿用服务重启前的注册（{source}），有效期至 {until}。', cause: '', remedy: nothingToDo.zh },
    en: { seen: 'The registration of before our restart ({source}) still holds, until {until}.', cause: '', remedy: nothingToDo.en },
  },
  'authentication.pending': {
    zh: { seen: '已收到注册请求并发出质询，等待设备应答。', cause: '', remedy: '稍候再看。' },
    en: { seen: 'A REGISTER came and was challenged; the device’s answer is awaited.', cause: '', remedy: 'Look again in a moment.' },
  },
  'authentication.not-tried': {
    zh: { seen: '没有收到注册请求。', cause: '', remedy: '先解决前一阶段。' },
    en: { seen: 'No REGISTER has come.', cause: '', remedy: 'Solve the stage before this one first.' },
  },
  'authentication.wrong-password': {
    zh: { seen: '设备（用户名 {username}，域 {realm}）从 {source} 应答了质询，但密码不对，已拒绝 {count} 次（403）。', cause: '设备上填写的注册密码与平台上的不一致，或设备按另一个用户名或 SIP 域计算摘要。', remedy: '在设备上重新填写密码，或在平台上为该设备设置相同的密码；注意大小写、空格和全角字符。' },
    en: { seen: 'The device (username {username}, realm {realm}) answered our challenge from {source}, but with another password: refused {count} times (403).', cause: 'The password set on the device is not the one set here, or the device makes its digest with another user name or SIP domain than it says.', remedy: 'Enter the password on the device again, or set the same one for this device here; mind capitals, blanks and full-width characters.' },
  },
  'authentication.wrong-realm': {
    zh: { seen: '设备应答质询时用的域是“{realm}”，本平台的域是“{ours}”（用户名 {username}，来源 {source}），已拒绝 {count} 次（403）。', cause: '设备上的 SIP 域填写有误，密码也与平台上的不一致；域不同本身不会被本平台拒绝，但常与密码一起填错。', remedy: '在设备上把 SIP 域改为 {ours}（一般为服务器编码前 10 位），并重新填写密码。' },
    en: { seen: 'The device answered our challenge for the realm “{realm}”; ours is “{ours}” (username {username}, from {source}): refused {count} times (403).', cause: 'The SIP domain set on the device is wrong, and its password is not the one set here; another domain alone is not refused by us, but is often entered wrongly together with the password.', remedy: 'Set the SIP domain on the device to {ours} (as a rule the first ten digits of the server id), and enter the password again.' },
  },
  'authentication.no-password': {
    zh: { seen: '设备从 {source} 应答了质询，但平台没有为它设置密码，拒绝了 {count} 次（403）。', cause: '这是一台未知设备，正等待批准：既没有设备单独的密码，也没有公共密码（sip.password）。', remedy: '在“设备”页批准它并设置密码；或在配置中设置公共密码。' },
    en: { seen: 'The device answered our challenge from {source}, but no password is set for it here: refused {count} times (403).', cause: 'It is a stranger that waits for approval: it has no password of its own, and there is no common one (sip.password).', remedy: 'Approve it on the devices page and set its password, or configure a common one.' },
  },
  'authentication.limited': {
    zh: { seen: '来自 {source} 的注册因连续多次密码错误被暂时限制（403，Retry-After）。', cause: '同一来源五分钟内密码错误次数过多：密码不对，或有人在猜密码。', remedy: '改正设备上的密码，等五分钟；若来源不是该设备的地址，请查明是谁。' },
    en: { seen: 'REGISTER from {source} is limited for now after too many wrong passwords (403, Retry-After).', cause: 'Too many wrong answers from one source within five minutes: the password is wrong, or somebody guesses.', remedy: 'Correct the password on the device and wait five minutes; if the source is not the device’s address, find out whose it is.' },
  },
  'authentication.turned-away': {
    zh: { seen: '设备从 {source} 注册，被拒绝（403）：该设备已被管理员禁止接入。', cause: '管理员曾拒绝该设备。', remedy: '若应当接入，在“设备”页批准它。' },
    en: { seen: 'REGISTER from {source} was refused (403): an administrator turned this device away.', cause: 'Somebody here refused it.', remedy: 'If it should be let in, approve it on the devices page.' },
  },
  'authentication.weak-digest': {
    zh: { seen: '设备从 {source} 用 MD5 应答，而平台只接受 SHA-256，已拒绝（403）。', cause: '平台配置为只用 SHA-256，设备固件不支持。', remedy: '升级设备固件，或在平台上允许 MD5。' },
    en: { seen: 'The device answered from {source} with MD5, and only SHA-256 is taken here: refused (403).', cause: 'We are configured for SHA-256 only, and the device’s firmware does not have it.', remedy: 'Update the device’s firmware, or allow MD5 here.' },
  },
  'authentication.no-id': {
    zh: { seen: '来自 {source} 的注册请求里没有可用的设备编码（404）。', cause: '设备上的 SIP 用户名/设备编码为空或含有不允许的字符。', remedy: '在设备上填写 20 位国标编码。' },
    en: { seen: 'REGISTER from {source} names nothing that a device could be called (404).', cause: 'The SIP user name or device id on the device is empty or has characters that may not stand there.', remedy: 'Enter the 20-digit code on the device.' },
  },
  'authentication.redirected': {
    zh: { seen: '注册请求被重定向（302）到另一台服务器。', cause: '平台按配置做负载分担。', remedy: '查看目标服务器是否收到该设备的注册；设备须支持 302 重定向（GB/T 28181-2022 9.1.2.3）。' },
    en: { seen: 'REGISTER was redirected (302) to another server.', cause: 'Load is shared by configuration.', remedy: 'See whether that server received the device; the device must follow a 302 (GB/T 28181-2022 9.1.2.3).' },
  },
  'authentication.not-kept': {
    zh: { seen: '密码正确，但注册没能写入数据库，回复了 {status}。', cause: '本平台的数据库或磁盘有故障，不是设备的问题。', remedy: '查看日志和磁盘空间；设备会自动重试。' },
    en: { seen: 'The password was right, but the registration could not be kept: answered {status}.', cause: 'Our database or disk is in trouble, not the device.', remedy: 'See the log and the free space of the disk; the device tries again by itself.' },
  },
  'authentication.overload': {
    zh: { seen: '平台对 {count} 个请求回复了 503（过载）。', cause: '同时注册或发报文的设备太多（例如片区来电），或数据库写入太慢。', remedy: '设备会按 Retry-After 自动重试，请等几分钟；若持续出现，检查 CPU、磁盘与数据库，或分批上电。' },
    en: { seen: 'We answered 503 (overload) to {count} requests.', cause: 'Too many devices register or report at once, as after a power cut, or the database writes too slowly.', remedy: 'Devices try again after Retry-After: wait some minutes. If it lasts, look at CPU, disk and database, or switch on in groups.' },
  },
  'authentication.port-rotates': {
    zh: { seen: '{count} 次注册请求分别来自 {ports} 个不同端口（{source} 等），每次都已回复 401 质询，设备从未应答。', cause: '回复到不了设备：设备或 NAT 每次更换源端口，401 发到了已关闭的端口。', remedy: '在设备上固定本地 SIP 端口，或改用 TCP 注册；检查 NAT 的 UDP 映射和 SIP ALG。' },
    en: { seen: '{count} REGISTER came from {ports} different ports ({source} and others); each was challenged with 401, and the device never answered one.', cause: 'Our answers do not reach the device: it, or a NAT, changes its source port each time, and the 401 goes to a port that is closed.', remedy: 'Fix the device’s local SIP port, or let it register over TCP; check the NAT’s UDP mapping and any SIP ALG.' },
  },
  'authentication.answer-lost': {
    zh: { seen: '设备把同一个注册请求重发了 {count} 次，我们的 401 每次都发往 {source}，设备没有反应。', cause: '我们的回复在途中丢失：单向防火墙、NAT 映射失效，或设备要求回复到 Contact 中的另一个端口。', remedy: '检查从本机到设备方向的 UDP；改用 TCP 注册通常可解决。' },
    en: { seen: 'The device repeated the same REGISTER {count} times; our 401 went to {source} each time, without effect.', cause: 'Our answers are lost on the way: a firewall that lets through one direction only, an expired NAT mapping, or a device that listens on another port than it sends from.', remedy: 'Check UDP from here towards the device; registering over TCP as a rule solves it.' },
  },
  'authentication.challenge-ignored': {
    zh: { seen: '设备从 {source} 注册了 {count} 次，每次收到 401 质询后都没有带上认证信息。', cause: '设备上没有填写密码，或未启用认证，或它不接受我们的域“{realm}”而放弃应答。', remedy: '在设备上填写注册密码并核对 SIP 域为 {realm}。' },
    en: { seen: 'The device registered {count} times from {source} and never answered our 401 challenge.', cause: 'No password is set on the device, authentication is switched off there, or it gives up because our realm “{realm}” is not the SIP domain it knows.', remedy: 'Set the password on the device, and its SIP domain to {realm}.' },
  },
  'authentication.nonce-loop': {
    zh: { seen: '设备应答了 {count} 次，每次都用旧的或已用过的 nonce，只能再次质询（401 stale）。', cause: '设备不理会新的 nonce，或设备与平台之间延迟过大（超过 nonce 有效期），或请求被途中设备重放。', remedy: '升级设备固件；检查网络延迟与 SIP ALG；仍不行时改用 TCP。' },
    en: { seen: 'The device answered {count} times, each time with a nonce that was old or used already, and could only be challenged again (401 stale).', cause: 'The device does not take the new nonce, the way is slower than a nonce lives, or something replays its requests.', remedy: 'Update the device’s firmware; look at delay and SIP ALG; else use TCP.' },
  },
  'authentication.expired': {
    zh: { seen: '注册已于 {until} 到期，设备没有续注册。', cause: '设备已断电、断网，或改接了别的平台。', remedy: '检查设备供电与网络，以及设备上的平台配置。' },
    en: { seen: 'The registration ended at {until}, and the device has not renewed it.', cause: 'The device has no power or no network, or was pointed at another platform.', remedy: 'Check its power and network, and the platform settings on it.' },
  },
  'keepalive.ok': {
    zh: { seen: '收到 {count} 次心跳，间隔 {shortest}–{longest} 秒，最近一次在 {last}。', cause: '', remedy: nothingToDo.zh },
    en: { seen: '{count} keepalives came, {shortest} to {longest} s apart, the latest at {last}.', cause: '', remedy: nothingToDo.en },
  },
  'keepalive.pending': {
    zh: { seen: '注册后尚未收到心跳。', cause: '', remedy: '心跳周期一般为 {interval} 秒，稍候再看。' },
    en: { seen: 'No keepalive has come since it registered.', cause: '', remedy: 'One is due every {interval} s: look again in a moment.' },
  },
  'keepalive.not-tried': {
    zh: { seen: '设备未注册，心跳无从谈起。', cause: '', remedy: '先解决前一阶段。' },
    en: { seen: 'The device is not registered, so no keepalive is expected.', cause: '', remedy: 'Solve the stage before this one first.' },
  },
  'keepalive.never': {
    zh: { seen: '设备注册成功，但 {waited} 秒内没有发过一次心跳。', cause: '设备的心跳未启用或周期设得过长，或心跳发往了别处。', remedy: '在设备上把心跳周期设为 {interval} 秒、超时次数 3。' },
    en: { seen: 'The device registered, and did not send one keepalive in {waited} s.', cause: 'Its keepalive is off or its interval is very long, or it goes elsewhere.', remedy: 'Set the keepalive on the device to {interval} s and 3 misses.' },
  },
  'keepalive.lost': {
    zh: { seen: '心跳中断：最近一次在 {last}，此前收到 {count} 次，间隔 {shortest}–{longest} 秒。', cause: '设备断电、断网，或 NAT 映射失效后心跳到不了平台。', remedy: '检查设备供电与网络；若经 NAT 接入，缩短心跳周期或改用 TCP。' },
    en: { seen: 'The keepalives stopped: the latest at {last}, after {count} of them {shortest} to {longest} s apart.', cause: 'The device lost power or network, or its keepalives no longer get through a NAT.', remedy: 'Check its power and network; behind a NAT, shorten the interval or use TCP.' },
  },
  'keepalive.connection-lost': {
    zh: { seen: '设备的 TCP 连接（{source}）在 {last} 断开，按标准视为离线。', cause: '设备重启或断网，或途中防火墙清除了空闲连接。', remedy: '设备应自动重连并重新注册；若反复出现，把防火墙的 TCP 空闲超时调到心跳周期以上。' },
    en: { seen: 'The device’s TCP connection ({source}) was lost at {last}, which by the standard means offline.', cause: 'The device restarted or lost its network, or a firewall on the way drops idle connections.', remedy: 'It should connect and register again by itself; if it happens often, set the firewall’s idle time for TCP above the keepalive interval.' },
  },
  'keepalive.unregistered': {
    zh: { seen: '设备在 {last} 主动注销（Expires: 0）。', cause: '有人在设备上关闭了平台接入，或设备正在重启。', remedy: '若非有意为之，在设备上重新打开平台接入。' },
    en: { seen: 'The device unregistered at {last} (Expires: 0).', cause: 'Somebody switched its platform access off, or it is restarting.', remedy: 'If nobody meant it, switch the platform access on again.' },
  },
  'keepalive.elsewhere': {
    zh: { seen: '心跳来自 {source}，而设备注册在 {registered}；已回复 403 让其重新注册，共 {count} 次。', cause: 'NAT 更换了映射，或设备换了网络，或另一台设备使用了相同的编码。', remedy: '设备应自动重新注册；若反复出现，改用 TCP、缩短心跳周期，并确认没有两台设备使用同一编码。' },
    en: { seen: 'Keepalives come from {source} while the device is registered at {registered}; they were answered 403 so that it registers again, {count} times.', cause: 'A NAT changed its mapping, the device changed networks, or a second device uses the same id.', remedy: 'It should register again by itself; if it happens often, use TCP, shorten the interval, and make sure that no two devices have this id.' },
  },
  'keepalive.after-restart': {
    zh: { seen: '本平台于 {restart} 重启，之后设备没有重新注册（重启前注册在 {registered}，有效期至 {until}）。', cause: '设备以为注册仍有效，要到有效期满才重新注册；TCP 连接或地址映射在重启时已失效。', remedy: '最迟到 {until} 会自动恢复；要立即恢复，在设备上关闭再打开平台接入，并把注册有效期设短（如 3600 秒）。' },
    en: { seen: 'We restarted at {restart}, and the device has not registered since (before, it was at {registered} until {until}).', cause: 'The device believes that its lease holds and registers only when it ends; its connection or NAT mapping ended with our restart.', remedy: 'It comes back by itself at {until} at the latest; at once, if its platform access is switched off and on. A shorter lease (such as 3600 s) shortens this.' },
  },
  'keepalive.flapping-interval': {
    zh: { seen: '24 小时内上下线 {count} 次；心跳间隔 {shortest}–{longest} 秒，而平台按 {interval} 秒判断。', cause: '设备的心跳周期比平台判断的长，或心跳时有丢失。', remedy: '在设备上把心跳周期设为 {interval} 秒、超时次数 3；若已如此，检查丢包，改用 TCP。' },
    en: { seen: 'Offline and back {count} times in 24 h; keepalives come {shortest} to {longest} s apart, and we judge by {interval} s.', cause: 'The device’s interval is longer than the one we judge by, or keepalives get lost.', remedy: 'Set the keepalive on the device to {interval} s and 3 misses; if it is so already, look for packet loss and use TCP.' },
  },
  'keepalive.flapping-address': {
    zh: { seen: '24 小时内上下线 {count} 次，注册地址先后有 {addresses} 个（最近 {source}）。', cause: '4G/NAT 网络不断更换设备的公网地址或端口。', remedy: '改用 TCP 注册并缩短心跳周期（如 30 秒），或改用固定地址、专线。' },
    en: { seen: 'Offline and back {count} times in 24 h, from {addresses} different addresses (the latest {source}).', cause: 'A mobile network or NAT keeps changing the device’s address or port.', remedy: 'Register over TCP and shorten the keepalive (such as 30 s), or use a fixed address or a private line.' },
  },
  'keepalive.flapping-tcp': {
    zh: { seen: '24 小时内上下线 {count} 次，其中 {lost} 次因 TCP 连接断开。', cause: '途中防火墙清除空闲连接、链路不稳定，或设备反复重启。', remedy: '把防火墙的 TCP 空闲超时调到心跳周期以上；查看设备运行时间是否频繁归零。' },
    en: { seen: 'Offline and back {count} times in 24 h, {lost} of them because the TCP connection was lost.', cause: 'A firewall drops idle connections, the line is unsteady, or the device keeps restarting.', remedy: 'Set the firewall’s idle time for TCP above the keepalive interval; see whether the device’s uptime keeps starting anew.' },
  },
} as const satisfies Readonly<Record<string, Words>>
