// The inspection whose page is open, for the panel beside it.
import type { InjectionKey } from 'vue'
import type { LiveInspection } from './use-inspection.ts'

export const openInspection: InjectionKey<Pick<LiveInspection, 'detail' | 'progress' | 'reload'>> = Symbol('inspection')
