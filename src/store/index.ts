// The door of store.
export { openStore, type Store, type StoreOptions } from './open.ts'
export { makeFolder } from './folder.ts'
