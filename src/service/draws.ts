// Draws for the API: exemptions, seeds of two sides, plans that ship, and what was drawn.
import type { DrawsDep } from '../api/deps.ts'
import type { Clock, RandomBytes } from '../base/index.ts'
import { chooseRules, createDrawing, createExemptions, createSeedDraws, presets } from '../inspect/index.ts'
import type { Registry } from '../registry/index.ts'
import type { Store } from '../store/index.ts'
import { freezeCamera } from './freeze.ts'
import { planFields } from './plan-fields.ts'

interface DrawParts {
  readonly store: Pick<Store, 'draws' | 'inspections'>
  readonly registry: Pick<Registry, 'population'>
  readonly clock: Clock
  readonly random: RandomBytes
}

export function drawsOf({ store, registry, clock, random }: DrawParts): DrawsDep {
  const population = async (area: string, fields: readonly string[]) => (await registry.population(area)).map((camera) => freezeCamera(camera, fields))
  const drawing = createDrawing({ population, inspections: store.inspections, draws: store.draws, fields: planFields, clock, random })
  const seedDraws = createSeedDraws({ store: store.draws, drawing, clock, random })
  return {
    presets,
    exemptions: createExemptions({ store: store.draws, clock }),
    seedDraws,
    outlook: (request, rules) => drawing.outlook(request, chooseRules(rules)),
    open: (opening, rules) => seedDraws.open(opening, chooseRules(rules)),
    sets: store.draws.drawnSets,
  }
}
