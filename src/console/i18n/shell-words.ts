// Words of the frame around every page.

export const shellZh = {
  ownAccount: '我的账号：密码、登录与令牌', coloursNow: '界面颜色：{now}。点击切换。', colours: { system: '随系统', light: '浅色', dark: '深色' },
  lost: '服务没有应答，正在重试。您填写的内容还在，恢复后可以继续。',
}

export const shellEn: typeof shellZh = {
  ownAccount: 'My account: password, sessions and tokens', coloursNow: 'Colours: {now}. Click to change.', colours: { system: 'System', light: 'Light', dark: 'Dark' },
  lost: 'The service does not answer; trying again. What you have typed is still here: go on when it is back.',
}
