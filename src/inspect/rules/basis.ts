// Where a figure of the shipped rule set comes from: a document, by number and clause, or us, with a sentence of why. The core notice
// (六视频办发(2018)8号) gives no threshold and no formula, so most are ours; none may be quoted as a standard's.

export type Basis =
  | { readonly by: 'document'; readonly document: string; readonly clause: string; readonly zh: string; readonly en: string }
  | { readonly by: 'ours'; readonly zh: string; readonly en: string }

/** By path within a section; `*` stands for the place in a list. '' is the section itself, where it is one figure. */
export type SectionBasis = Readonly<Record<string, Basis>>

export const document = (number: string, clause: string, zh: string, en: string): Basis => ({ by: 'document', document: number, clause, zh, en })
export const ours = (zh: string, en: string): Basis => ({ by: 'ours', zh, en })

export const coreNotice = '六视频办发(2018)8号'
