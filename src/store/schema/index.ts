// The tables. A change here is a new migration: npx drizzle-kit generate --dialect sqlite --schema src/store/schema/index.ts --out src/store/migrations
// and a fixture with data of the schema that it makes: node scripts/make-store-fixtures.ts
export * from './accounts.ts'
export * from './baselines.ts'
export * from './draws.ts'
export * from './evidence.ts'
export * from './imports.ts'
export * from './inspections.ts'
export * from './records.ts'
export * from './reviews.ts'
export * from './rule-sets.ts'
export * from './signalling.ts'
