// Light or dark: as the system has it and as it changes, unless a person has chosen; the choice is remembered in this browser.
import { readonly, ref } from 'vue'
import { recall, remember } from '../client/kept.ts'

export const colourChoices = ['system', 'light', 'dark'] as const
export type ColourChoice = (typeof colourChoices)[number]

const kept = 'yiji.colours'
const dark = matchMedia('(prefers-color-scheme: dark)')
const before = recall(kept)
const choice = ref<ColourChoice>(colourChoices.find((each) => each === before) ?? 'system')
export const colours = readonly(choice)

const apply = (): void => void document.documentElement.classList.toggle('dark', choice.value === 'dark' || (choice.value === 'system' && dark.matches))

export function followColours(): void {
  dark.addEventListener('change', apply)
  apply()
}

export function chooseColours(chosen: ColourChoice): void {
  choice.value = chosen
  remember(kept, chosen)
  apply()
}
