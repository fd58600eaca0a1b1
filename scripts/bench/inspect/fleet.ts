// The simulated cameras of the bench, in a process of their own so that their work is not counted: told where to register, told to end by its parent.
import { silentLog, systemClock, systemRandom } from '../../../src/base/index.ts'
import { clipCacheDir } from '../../../src/commands/simulate.ts'
import { clipsFor, startFleet, type Scenario } from '../../../src/simulator/index.ts'

export interface FleetOrder {
  readonly scenario: Scenario
  readonly size: { readonly width: number; readonly height: number }
}

process.once('message', (order: FleetOrder) => {
  void (async () => {
    const clips = await clipsFor(order.scenario, { cacheDir: clipCacheDir, children: 1, size: order.size })
    const fleet = await startFleet({ scenario: order.scenario, clips, clock: systemClock, random: systemRandom, log: silentLog })
    await fleet.registered
    process.send?.('ready')
    process.once('message', () => void fleet.close().then(() => process.disconnect()))
  })()
})
