// How the Word document looks: as an office files it. Page, type sizes and page numbers after GB/T 9704-2012 (5.2, 7.2, 7.3.5, 7.5); tables are smaller.
import type { IRunOptions, ISpacingProperties } from 'docx'
import type { Result } from '../../types.ts'

/** Twips. A4 is 210 × 297 mm; the text is 156 × 225 mm: 37 mm above, 28 mm at the left. */
export const page = { width: 11_906, height: 16_838, top: 2_098, bottom: 1_984, left: 1_588, right: 1_474 } as const
export const textWidth = page.width - page.left - page.right

/** Half points: 二号, 三号, 小四, 五号, 小五; a line with a file and its SHA-256. */
export const size = { title: 44, body: 32, note: 24, table: 21, small: 18, dense: 12 } as const

/** Fonts by name, as Chinese offices have them; Latin letters and digits in Times New Roman. */
export const font = (eastAsia: string) => ({ ascii: 'Times New Roman', hAnsi: 'Times New Roman', cs: 'Times New Roman', eastAsia }) as const
export const fonts = { title: font('方正小标宋简体'), heading: font('黑体'), second: font('楷体'), body: font('仿宋'), table: font('宋体'), code: { ascii: 'Consolas', hAnsi: 'Consolas', cs: 'Consolas', eastAsia: '宋体' } } as const

/** 22 lines a page (7.2.3). */
export const bodySpacing: ISpacingProperties = { line: 560, lineRule: 'exact' }

export const colours: Readonly<Record<Result, string>> = { pass: '0F7B46', fail: 'B3261E', review: '9A6200' }
export const grey = '5C6877'
export const line = { style: 'single', size: 4, color: '8A97A8' } as const
export const none = { style: 'none', size: 0, color: 'FFFFFF' } as const

export const inTable = (isSmall: boolean): IRunOptions => ({ font: fonts.table, size: isSmall ? size.small : size.table })
