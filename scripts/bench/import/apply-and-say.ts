// Imports a file into a data directory and says when it begins to apply: for the test that kills it. `node apply-and-say.ts FOLDER FILE`.
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { silentLog, systemClock, systemRandom } from '../../../src/base/index.ts'
import { createRegistry } from '../../../src/registry/index.ts'
import { createImports } from '../../../src/service/imports.ts'
import { openStore } from '../../../src/store/index.ts'

const [dataDir = '', file = ''] = process.argv.slice(2)
const store = await openStore({ file: join(dataDir, 'yiji.sqlite'), clock: systemClock })
const registry = createRegistry({ store: store.registry, clock: systemClock, log: silentLog })
const imports = await createImports({ store, registry, dataDir, files: 5, maxBytes: 50_000_000, keepMs: 3600_000, clock: systemClock, log: silentLog, random: systemRandom })
const { id } = await imports.begin({ fileName: 'x.csv', stream: createReadStream(file), by: 'clerk', area: '', choices: {} })
await imports.settled(id, 60_000)
await imports.apply(id, { by: 'clerk', why: '' })
process.stdout.write('applying\n')
await imports.settled(id, 60_000)
process.stdout.write('done\n')
setInterval(() => {}, 1000)
