// XML of a workbook's parts as it comes: events of saxes, with bounds, no DOCTYPE (and so no entities of one's own), and names without prefix.
import { SaxesParser, type SaxesTagPlain } from 'saxes'
import { ParseError } from '../../base/index.ts'

export interface XmlEvents {
  readonly open: (name: string, attributes: Readonly<Record<string, string>>) => void
  readonly close: (name: string) => void
  readonly text: (text: string) => void
}

export interface XmlStage {
  readonly push: (bytes: Buffer) => void
  readonly end: () => void
}

/** Bytes without any tag or text ending: what a cell, a tag or a comment may be at most. Ours; a spreadsheet's cell has 32,767 characters. */
const maxQuiet = 16 * 1024 * 1024
const maxDepth = 100

/** `what` names the part in errors. Throws ParseError. */
export function xmlStage(what: string, events: XmlEvents): XmlStage {
  const parser = new SaxesParser({ xmlns: false, position: false })
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const bad = (why: string): ParseError => new ParseError('xlsx.malformed', `${what} is damaged: ${why}`)
  let quiet = 0
  let depth = 0
  const local = (name: string): string => name.slice(name.indexOf(':') + 1)
  parser.on('error', (error) => {
    throw bad(error.message.slice(0, 120))
  })
  parser.on('doctype', () => {
    throw bad('it has a DOCTYPE, which no workbook has')
  })
  parser.on('opentag', (tag: SaxesTagPlain) => {
    quiet = 0
    if (++depth > maxDepth) throw bad(`elements stand ${maxDepth} deep in each other`)
    events.open(local(tag.name), tag.attributes)
  })
  parser.on('closetag', (tag: SaxesTagPlain) => {
    quiet = 0
    depth--
    events.close(local(tag.name))
  })
  const text = (text: string): void => {
    quiet = 0
    events.text(text)
  }
  parser.on('text', text)
  parser.on('cdata', text)
  const decode = (bytes?: Buffer): string => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode()
    } catch {
      throw bad('it is not UTF-8')
    }
  }
  return {
    push: (bytes) => {
      quiet += bytes.length
      parser.write(decode(bytes))
      if (quiet > maxQuiet) throw new ParseError('xlsx.too-large', `${what} has a cell or tag of more than ${maxQuiet / 1024 / 1024} MB`)
    },
    end: () => {
      parser.write(decode())
      parser.close()
    },
  }
}

/** A whole small part. */
export async function readXml(what: string, bytes: AsyncIterable<Buffer>, events: XmlEvents): Promise<void> {
  const stage = xmlStage(what, events)
  for await (const chunk of bytes) stage.push(chunk)
  stage.end()
}
