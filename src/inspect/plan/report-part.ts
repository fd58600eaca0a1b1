// What report.json says of plan and draw beside seed, list and strata. Fields that an inspection does not have are absent.
import type { Inspection, Report } from '../types.ts'
import { showingOf } from './showing.ts'

type DrawPart = Pick<Report['inspection'], 'seedFrom' | 'plan' | 'drawnIn' | 'leftOut' | 'exempted' | 'halves' | 'redrawReason' | 'sampleOf' | 'draws' | 'showing'>

export function drawPartOf({ draw, plan, exempted, halves, redrawReason, sampleOf, draws }: Inspection): DrawPart {
  const { seedFrom, drawnIn, leftOut } = draw
  return {
    ...(seedFrom && { seedFrom }),
    ...(plan && { plan }),
    ...(drawnIn && { drawnIn }),
    ...(leftOut && { leftOut }),
    ...(exempted && { exempted }),
    ...(halves && { halves }),
    ...(redrawReason === undefined ? {} : { redrawReason }),
    ...(sampleOf === undefined ? {} : { sampleOf }),
    ...(draws && { draws }),
    showing: showingOf(draw.strata),
  }
}
