// `yiji user add NAME --role ROLE` and `yiji user password NAME`, in a data directory that no service holds: passwords are made and shown once.
import { createAccounts, type Role } from '../accounts/index.ts'
import { AppError, systemClock, systemRandom } from '../base/index.ts'
import { loadConfig } from '../config.ts'
import { openData } from '../service/data.ts'

const roles: readonly Role[] = ['admin', 'assessor', 'editor', 'viewer']

export async function addUser(name: string, options: { readonly role: string; readonly area: string; readonly json?: boolean }): Promise<number> {
  const role = roles.find((each) => each === options.role)
  if (!role) throw new AppError('usage.invalid', `--role is "${options.role}": it takes one of ${roles.join(', ')}`)
  if (!/^(\d{2}){0,4}$/.test(options.area)) throw new AppError('usage.invalid', `--area is "${options.area}": it takes 2, 4, 6 or 8 digits`)
  const store = await openData(loadConfig(process.env))
  try {
    const accounts = createAccounts({ store: store.accounts, clock: systemClock, random: systemRandom })
    const password = systemRandom(12).toString('base64url')
    await accounts.create({ name, role, area: options.area, password })
    await accounts.audit({ account: '', action: 'user.create', subject: name, detail: `${role}${options.area ? ` in ${options.area}` : ''}, by the command line` })
    process.stdout.write(options.json ? `${JSON.stringify({ name, role, area: options.area, password })}\n` : `${name} (${role}${options.area ? `, area ${options.area}` : ''}): password ${password} (shown only now)\n`)
    return 0
  } finally {
    await store.close()
  }
}

/** For who has lost theirs, the last admin among them: what the account had open ends, and it must choose a password of its own. */
export async function resetPassword(name: string, options: { readonly json?: boolean }): Promise<number> {
  const store = await openData(loadConfig(process.env))
  try {
    const accounts = createAccounts({ store: store.accounts, clock: systemClock, random: systemRandom })
    const password = systemRandom(12).toString('base64url')
    await accounts.change(name, { password, mustChange: true })
    await accounts.audit({ account: '', action: 'user.change', subject: name, detail: 'another password, must choose a password, by the command line' })
    process.stdout.write(options.json ? `${JSON.stringify({ name, password })}\n` : `${name}: password ${password} (shown only now; another must be chosen at the first log-in)\n`)
    return 0
  } finally {
    await store.close()
  }
}
