// What a device says of itself beside a check: its clock (DeviceStatus) and, from the 2022 edition on, what it writes into its pictures
// (ConfigDownload of OSDConfig). GB/T 28181-2022 9.5, A.2.4.4, A.2.4.8, A.2.6.5, A.2.1.12. A camera behind a platform is asked by its own id; a
// device that registers answers for itself.
import type { Clock } from '../base/index.ts'
import type { DeviceAnswer, Tap } from '../inspect/index.ts'
import type { Registry } from '../registry/index.ts'
import type { UserAgent } from '../sip/index.ts'

export interface AskDeviceParts {
  readonly registry: Pick<Registry, 'deviceOfChannel'>
  readonly userAgent: Pick<UserAgent, 'ask' | 'bindingOf'>
  readonly clock: Clock
}

/** X-GB-Ver of the 2022 edition (Annex I). */
const knowsOsd = (version: string | undefined): boolean => Number.parseFloat(version ?? '') >= 3

export function askDeviceOver({ registry, userAgent, clock }: AskDeviceParts): NonNullable<Tap['askDevice']> {
  type Said = Pick<DeviceAnswer, 'deviceTimeMs' | 'online' | 'osd' | 'failed'>
  const timed = async (about: DeviceAnswer['about'], ask: () => Promise<Said>): Promise<DeviceAnswer> => {
    const [askedUs, askedWallMs] = [clock.nowUs(), clock.wallMs()]
    const said = await ask()
    return { about, askedUs, askedWallMs, answeredUs: clock.nowUs(), answeredWallMs: clock.wallMs(), ...said }
  }
  const failed = ({ reason, detail }: { readonly reason: string; readonly detail: string }): Said => ({ failed: { reason, detail } })
  const errorOf = (id: string): Said => ({ failed: { reason: 'error', detail: `${id} answered ERROR` } })

  const status = (carrier: string, id: string): Promise<DeviceAnswer> =>
    timed('status', async () => {
      const outcome = await userAgent.ask(carrier, { type: 'query-device-status', deviceId: id })
      if (!outcome.ok) return failed(outcome)
      const { result, online, deviceTimeMs } = outcome.value
      if (result === 'ERROR') return errorOf(id)
      return { online, ...(deviceTimeMs !== undefined && { deviceTimeMs }) }
    })
  const osd = (carrier: string, id: string): Promise<DeviceAnswer> =>
    timed('osd', async () => {
      const outcome = await userAgent.ask(carrier, { type: 'query-config-download', deviceId: id, configTypes: ['OSDConfig'] })
      if (!outcome.ok) return failed(outcome)
      const { result, config } = outcome.value
      if (result === 'ERROR' || !config.osdConfig) return errorOf(id)
      const { isTimeShown, isTextShown, timeType, texts = [] } = config.osdConfig
      return {
        osd: {
          ...(isTimeShown !== undefined && { isTimeShown }),
          ...(isTextShown !== undefined && { isTextShown }),
          ...(timeType !== undefined && { timeType }),
          texts: texts.slice(0, maxTexts).map(({ text }) => text.slice(0, maxTextLength)),
        },
      }
    })
  return async (camera, onAnswer) => {
    const carrier = await registry.deviceOfChannel(camera)
    const binding = carrier === undefined ? undefined : userAgent.bindingOf(carrier)
    if (carrier === undefined || !binding) return
    // A platform's clock is not the camera's.
    const isPlatform = /^2\d\d$/.test(carrier.slice(10, 13))
    onAnswer(await status(carrier, isPlatform ? camera : carrier))
    if (knowsOsd(binding.gbVersion)) onAnswer(await osd(carrier, camera))
  }
}

/** Ours; the standard has texts of 32 characters. */
const maxTexts = 16
const maxTextLength = 64
