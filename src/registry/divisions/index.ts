// Divisions: the table, reading one, looking things up in it.
export { createDivisions, isInForce, parseDivisions, shippedDivisions, sixDigits, type Division, type Divisions } from './divisions.ts'
export { shippedPeriod } from './shipped.ts'
