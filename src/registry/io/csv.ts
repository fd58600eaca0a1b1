// .csv files: read in the encoding they turn out to have, written as UTF-8 with the mark that spreadsheets look for.
import { readFile } from 'node:fs/promises'
import { parseCsv, writeCsv } from '../csv.ts'
import type { Cells } from '../transfer.ts'

/** UTF-8 (with or without mark) when it is well-formed, UTF-16 by its mark, else GB18030, which holds GBK and GB2312. */
export function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}

export async function readCsvFile(path: string): Promise<Cells> {
  return parseCsv(decodeText(await readFile(path)))
}

/** The whole file's text; rows are joined as they come. */
export async function csvText(rows: Iterable<readonly string[]> | AsyncIterable<readonly string[]>): Promise<string> {
  let text = '\ufeff'
  for await (const row of rows) text += writeCsv([row])
  return text
}
