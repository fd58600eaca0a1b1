// The door of store.
export { openStore, type Store, type StoreOptions } from './open.ts'
export { makeFolder } from './folder.ts'
export { databaseName, installationKeyName } from './database-file.ts'
export { writeBackup, type BackupOutcome } from './backup.ts'
export { readTrail } from './trail.ts'
export { restoreBackup, type RestoreOutcome } from './restore.ts'
export { openBeside, type Beside } from './import-apply.ts'
export { openStaging, type StagingFile } from './import-staging.ts'
