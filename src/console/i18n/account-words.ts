// Words of one's own account.

export const accountZh = {
  title: '我的账号', must: '这是第一次使用或密码被重设过。请先修改密码，然后才能继续。', password: '修改密码', current: '现在的密码', next: '新密码', repeat: '再输一次新密码', rule: '10 至 256 个字符，不能与账号相同，也不能是常见密码。', differ: '两次输入的新密码不一致。', change: '修改密码', changed: '密码已修改，其他登录已结束 {n} 个。', missing: '请填写。',
  sessions: '登录与令牌', kind: '类型', kinds: { session: '登录', token: '令牌' }, name: '名称', opened: '开始', seen: '最近使用', expires: '有效至', address: '来自', agent: '程序', this: '当前', end: '结束', ended: '已结束。', endSure: '结束后，用它的程序或页面需要重新登录。确定吗？', tokens: '脚本用的令牌', tokenHint: '令牌有您本人的权限，但不能管理账号、密码和令牌。', tokenName: '名称', days: '有效天数', create: '新建令牌', created: '令牌只在这里显示这一次，请立即保存：', copy: '复制', copied: '已复制。', tokenWrong: '名称用文字、数字、空格、点、横线；有效期 1 至 366 天。',
}

export const accountEn: typeof accountZh = {
  title: 'My account', must: 'This account is new, or its password was set anew. Change the password first; then you can go on.', password: 'Change password', current: 'Present password', next: 'New password', repeat: 'New password again', rule: '10 to 256 characters, not the account’s name, nothing that everybody tries first.', differ: 'The two new passwords differ.', change: 'Change password', changed: 'The password is changed; {n} other session ended. | The password is changed; {n} other sessions ended.', missing: 'Fill this in.',
  sessions: 'Sessions and tokens', kind: 'Kind', kinds: { session: 'session', token: 'token' }, name: 'Name', opened: 'Opened', seen: 'Last used', expires: 'Until', address: 'From', agent: 'Program', this: 'this one', end: 'End', ended: 'Ended.', endSure: 'The program or page that uses it has to log in again. End it?', tokens: 'Tokens for scripts', tokenHint: 'A token has your own rights, without managing accounts, passwords and tokens.', tokenName: 'Name', days: 'Days', create: 'Make a token', created: 'The token is shown here this once: keep it now.', copy: 'Copy', copied: 'Copied.', tokenWrong: 'Letters, digits, blanks, dots and dashes for the name; 1 to 366 days.',
}
