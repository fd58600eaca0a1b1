// The door of inspect.
export type * from './types.ts'
// Before: rules, population, sample.
export * from './rules/index.ts'
export { parsePopulation, populationSha256, populationText } from './population.ts'
export { draw, type DrawOptions } from './draw.ts'
export * from './plan/index.ts'
// During: inspections and their decoder.
export { createInspections, type Inspections, type InspectionsDeps, type InspectionStart } from './inspections.ts'
export { baselineOf, contextAt } from './baseline.ts'
export { judgePicture } from './judge-picture.ts'
export { bands, labelOf, labels, scoreLabelled, type Label, type Labelled, type Scored, type Share } from './labels.ts'
export { pictureName, readPicture } from './io/picture-file.ts'
export { measure } from './picture/index.ts'
export { openDecoder, type DecoderOptions, type DecodingFigures } from './io/decoder.ts'
// After: report, replay, what a sample can show.
export { reportOf, summarise } from './summary.ts'
export * from './report/index.ts'
export { compareChecks, replay, replayCheck, type Replayed, type ReplayDeps } from './replay.ts'
export { createRecording, readRecording } from './io/recording-file.ts'
export { chanceToCatch, clopperPearson, upperBound } from './statistics.ts'
// After that: appeals, further checks, second opinions, other rules.
export * from './review/index.ts'
// Evidence: signed packages, proved from their own bytes.
export { preparePackage, type Package, type PackageParts } from './io/package-file.ts'
export { readMember } from './io/package-source.ts'
export { verifyPackage, type VerifyOptions } from './io/verify-package.ts'
export * from './evidence/index.ts'
