// What a newer version owes to the rows of an older one and SQL cannot do: how names sound, and hashes. Done at the first start, before anything else.
import type Database from 'better-sqlite3'
import { sealAudit } from './audit-rows.ts'
import { cameraColumns, cameraOf, searched, searchedText, type CameraRow } from './camera-rows.ts'
import { textWriter } from './camera-text-rows.ts'
import { searchVersion } from './camera-text.ts'
import { readMarks, writeMarks } from './marks.ts'

/** Records at a time: the document of each is read whole. */
const part = 1000

/** The version of the searched texts is a mark of the file (marks.ts). All of it or nothing, so that a stop midway begins anew. 100,000 records: 12 s. */
export function upkeep(raw: Database.Database): void {
  raw.transaction(sealAudit).immediate(raw)
  if (readMarks(raw).searchVersion === searchVersion) return
  raw
    .transaction(() => {
      refreshSearch(raw)
      writeMarks(raw, { ...readMarks(raw), searchVersion })
    })
    .immediate()
}

function refreshSearch(raw: Database.Database): void {
  const some = raw.prepare<[number], CameraRow & { readonly n: number }>(`SELECT c.n, ${cameraColumns} FROM cameras c JOIN camera_documents d ON d.n = c.n WHERE c.n > ? ORDER BY c.n LIMIT ${part}`)
  const save = raw.prepare('UPDATE cameras SET area = @area, functions = @functions, industry = @industry, name_key = @nameKey WHERE n = @n')
  const saveText = textWriter(raw)
  let rows = some.all(-1)
  while (rows.length > 0) {
    for (const row of rows) {
      const camera = cameraOf(row)
      const { area = '', functions = '', industry = '', nameKey = '' } = searched(camera)
      save.run({ n: row.n, area, functions, industry, nameKey })
      saveText(row.n, searchedText(camera))
    }
    rows = some.all(rows.at(-1)?.n ?? 0)
  }
  raw.exec('UPDATE findings SET area = c.area FROM cameras c WHERE c.id = findings.camera_id AND c.area <> findings.area')
}
