// Many records written in one transaction, without the triggers that keep sums and places beside each row: a statement that has triggers costs five
// times one that has none, and what they keep is counted once at the end. Whoever reads meanwhile sees what was before, triggers and all.
import type Database from 'better-sqlite3'
import { allPresenceRefresher } from './presence.ts'

/** Records from which on it is worth while: counting everything again takes about as long as the triggers of so many. Ours, measured at 100,000. */
export const bulkFrom = 5_000

/** Within it, the table temp.moved (id) takes the records whose places are new, or have changed. */
export interface Bulk {
  /** Counts again, and puts the triggers back as they were. */
  readonly finish: () => void
}

const keepers = `SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('cameras', 'findings')
  AND (name LIKE 'camera_places_%' OR name LIKE 'camera_sums_%' OR name LIKE 'completeness_sums_%' OR name LIKE 'finding_sums_%')`

const places = `
  DELETE FROM camera_places WHERE n IN (SELECT c.n FROM temp.moved m JOIN cameras c ON c.id = m.id);
  INSERT INTO camera_places SELECT c.n, c.longitude, c.longitude, c.latitude, c.latitude
    FROM temp.moved m JOIN cameras c ON c.id = m.id WHERE c.longitude IS NOT NULL AND c.latitude IS NOT NULL ORDER BY c.longitude;
  DROP TABLE temp.moved`

/** What the figures of the day were last time stays where it is, in columns of its own. */
const sums = `
  DELETE FROM camera_sums;
  INSERT INTO camera_sums SELECT area, class, presence, is_complete, is_draft, count(*) FROM cameras WHERE is_retired = 0 GROUP BY 1, 2, 3, 4, 5;
  UPDATE completeness_sums SET records = 0, complete = 0, mandatory = 0, filled = 0;
  INSERT INTO completeness_sums (area, class, owner, built_by, records, complete, mandatory, filled)
    SELECT area, class, owner, built_by, count(*), sum(is_complete), sum(mandatory), sum(filled) FROM cameras WHERE is_retired = 0 AND is_draft = 0 GROUP BY 1, 2, 3, 4
    ON CONFLICT DO UPDATE SET records = excluded.records, complete = excluded.complete, mandatory = excluded.mandatory, filled = excluded.filled;
  DELETE FROM finding_sums;
  INSERT INTO finding_sums SELECT area, rule, severity, source, state, count(*) FROM findings GROUP BY 1, 2, 3, 4, 5`

/** Call it inside the transaction; what fails before `finish` takes all of it back, triggers too. */
export function beginBulk(raw: Database.Database): Bulk {
  const triggers = raw.prepare<[], { name: string; sql: string }>(keepers).all()
  for (const { name } of triggers) raw.exec(`DROP TRIGGER "${name}"`)
  raw.exec('CREATE TEMP TABLE moved (id TEXT PRIMARY KEY) WITHOUT ROWID')
  return {
    finish: () => {
      allPresenceRefresher(raw)()
      raw.exec(places)
      raw.exec(sums)
      for (const { sql } of triggers) raw.exec(sql)
    },
  }
}
