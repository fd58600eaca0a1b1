// `yiji serve`: the whole service in one process group, until it is told to stop.
import { loadConfig } from '../config.ts'
import { openLog } from '../service/log.ts'
import { startService } from '../service/start.ts'
import { onStopSignal } from './signals.ts'

export async function serve(): Promise<number> {
  const config = loadConfig(process.env)
  const signal = onStopSignal()
  const service = await startService(config, openLog(config.log.level))
  process.stdout.write(`Yiji is up: console ${service.url}, SIP ${config.sip.host}:${service.sipPort} (id ${config.sip.id}, realm ${config.sip.realm})\n`)
  if (service.firstPassword !== undefined) process.stdout.write(`First start: log in as "admin" with the password ${service.firstPassword} (shown only now; change it)\n`)
  if (config.sip.password === undefined) process.stdout.write('No shared device password is set (YIJI_SIP_PASSWORD): unknown devices wait for approval in the console\n')
  await signal.stopped
  process.stdout.write('stopping: BYE to every camera, closing files\n')
  await service.close()
  signal.release()
  return 0
}
