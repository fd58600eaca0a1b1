// The data folder, for its owner only: passwords of devices and pictures of people are in it.
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** Makes the folder and what is missing above it. Not by Node's `recursive`, which never returns for a folder like /proc/x. Throws the system's error. */
export function makeFolder(path: string): void {
  const missing: string[] = []
  for (let folder = resolve(path); !existsSync(folder); folder = dirname(folder)) missing.push(folder)
  // What is there and no folder is refused by the system as such.
  if (missing.length === 0 && !statSync(path).isDirectory()) missing.push(path)
  for (const folder of missing.reverse()) mkdirSync(folder, { mode: 0o700 })
}
