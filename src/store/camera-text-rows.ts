// The texts of records and their grams as rows. Most changes of a record leave its text as it was, and cost one look.
import type Database from 'better-sqlite3'
import { grams, searchText, type SearchedText } from './camera-text.ts'

/** Writes what the record with the number `n` is found by; call it inside a transaction. */
export function textWriter(raw: Database.Database): (n: number, values: SearchedText) => void {
  const before = raw.prepare<[number], string>('SELECT text FROM camera_texts WHERE n = ?').pluck()
  const putText = raw.prepare('INSERT INTO camera_texts (n, text) VALUES (?, ?) ON CONFLICT (n) DO UPDATE SET text = excluded.text')
  const putGrams = raw.prepare('INSERT OR REPLACE INTO camera_grams (rowid, grams) VALUES (?, ?)')
  return (n, values) => {
    const text = searchText(values)
    if (before.get(n) === text) return
    putText.run(n, text)
    putGrams.run(n, [...grams(text)].join(' '))
  }
}
