// Configuration between the API and signalling: the same blocks, but for what must not leave: vendor fields, among them the SIP password (Q61).
import type { Configuration, ConfigurationChange, ConfigurationType } from '../api/index.ts'
import type { DeviceConfiguration } from '../sip/index.ts'

export const configurationAsked = (types: readonly ConfigurationType[]): readonly string[] => types

/** Everything that has a name here; `raw` of every block, and the address that pictures are uploaded to, stay inside. */
export function configurationOf(config: DeviceConfiguration): Configuration {
  const { snapShotConfig: _address, ...blocks } = config
  return withoutRaw(blocks) as Configuration
}

/** Fields of SVAC are as the device names them. */
const passwords = /pass(word|wd)?$/i

function withoutRaw(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutRaw)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).flatMap(([name, inner]) => (name === 'raw' || passwords.test(name) ? [] : [[name, withoutRaw(inner)]])))
}

export const configurationToSend = (change: ConfigurationChange): DeviceConfiguration => change
