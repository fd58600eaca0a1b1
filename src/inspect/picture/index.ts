// The door of inspect/picture: pure functions over decoded planes.
export { measure, type Seen } from './measure.ts'
export { compareSignatures, type Likeness } from './signature.ts'
export { expandRange, type Planes } from './planes.ts'
