// How one device writes, so that it is answered alike: charset and edition. GB/T 28181-2022 6.10, Annex I; docs/interop.md Q37, Q38.
import { isAscii } from 'node:buffer'
import { detectCharset, type Charset } from '../manscdp/charset.ts'
import type { Manscdp } from '../manscdp/index.ts'
import type { Edition } from '../manscdp/values.ts'

export interface Speech {
  readonly charset: () => Charset
  readonly edition: () => Edition
  /** A body the device sent: its bytes tell the charset, its kind may tell the edition. */
  readonly heard: (body: Buffer, value: Manscdp) => void
  /** X-GB-Ver of its REGISTER: 1.0 and 1.1 are 2011, 2.0 is 2016, 3.0 is 2022. */
  readonly registered: (gbVersion: string | undefined) => void
  /** Someone's word for this device, above all that it shows. */
  readonly override: (charset: Charset | undefined) => void
}

/** Ours: bodies beyond this, pages of a catalog, are not looked through for their charset; keepalives and smaller answers tell it. */
const mostSampled = 65_536

/** Messages that only the 2022 edition has. */
const newIn2022 = new Set<string>([
  'notify-upload-snap-shot-finished', 'notify-video-upload-notify', 'notify-device-upgrade-result', 'notify-ptz-position',
  'response-home-position-query', 'response-cruise-track-list-query', 'response-cruise-track-query', 'response-ptz-position', 'response-sd-card-status',
])

export function createSpeech(): Speech {
  let version: Edition | undefined
  let shown: Edition = '2016'
  let seen: Charset | undefined
  let forced: Charset | undefined
  const edition = (): Edition => version ?? shown
  return {
    edition,
    charset: () => forced ?? seen ?? (edition() === '2022' ? 'gb18030' : 'gb2312'),
    heard: (body, value) => {
      if (newIn2022.has(value.type) || (value.type === 'notify-mobile-position' && value.form === 'list')) shown = '2022'
      // A declaration over plain ASCII is often untrue: it counts until bytes say more.
      if (body.length <= mostSampled && !(seen !== undefined && isAscii(body))) seen = detectCharset(body) ?? seen
    },
    registered: (gbVersion) => {
      const major = /^\s*(\d)/.exec(gbVersion ?? '')?.[1]
      version = major === undefined ? undefined : Number(major) >= 3 ? '2022' : '2016'
    },
    override: (charset) => {
      forced = charset
    },
  }
}
