// Makes the files of the bench in a process of its own: `node make.ts FOLDER COUNT`.
import { join } from 'node:path'
import { writeCsvFile, writeWorkbookFile } from './files.ts'

const [folder = '.', count = '100000'] = process.argv.slice(2)
await writeWorkbookFile(join(folder, 'first.xlsx'), Number(count))
await writeCsvFile(join(folder, 'second.csv'), Number(count), 1)
await writeCsvFile(join(folder, 'first.csv'), Number(count))
