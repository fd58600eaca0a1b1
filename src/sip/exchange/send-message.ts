// One MANSCDP body on its way to a device, and its SIP answer with who gave it. RFC 3428; GB/T 28181-2022 9.3, 9.5.
import { newMessage, type Party } from '../session/dialog.ts'
import type { Device } from '../device.ts'
import type { Sent } from './exchanges.ts'
import { hopOf, refusalOf } from './hop.ts'
import type { TransactionLayer } from '../types.ts'

/** Tells once what became of it. */
export function sendMessage(layer: TransactionLayer, us: Party, device: Device, body: Buffer, told: (sent: Sent) => void): void {
  const target = device.binding()
  if (!target) return told({ type: 'failed', failure: { ok: false, reason: 'not-registered', detail: `${device.id} is not registered` } })
  layer.request(newMessage(us, device.id, target, body), target, (event) => {
    if (event.type === 'timeout') return told({ type: 'failed', failure: { ok: false, reason: 'no-answer', detail: 'the message was not answered' } })
    if (event.type === 'transport-error') return told({ type: 'failed', failure: { ok: false, reason: 'no-answer', detail: event.detail } })
    const { response, source } = event
    if (response.status < 200) return
    const hop = hopOf(response, source)
    if (response.status < 300) return told({ type: 'accepted', hop })
    told({ type: 'failed', failure: { ok: false, reason: 'refused', sipStatus: response.status, hop, detail: refusalOf(response) } })
  })
}
