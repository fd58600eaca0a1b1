// What others take of evidence.
export { documentsOf, packageParts, type Aftermath, type PackageDocument, type PackagePart, type PackageWish } from './contents.ts'
export type { AbsentFile, FileKind, PackagedFile, PackageManifest } from './manifest.ts'
export { makeKey, readFingerprint, readPublicKey, showFingerprint, signerOf, type Signer } from './signature.ts'
export type { Verification, VerifyStep, VerifyStepName } from './verify-types.ts'
export { isPackagePath } from './zip-records.ts'
export { ageBound, dayMs, goneFrom, isPatrol, patrolReason, removalOrder, sizeReason, thinned, type KeepingRules } from './keeping.ts'
export type { EvidenceStore, Hold, KeptFile, KindTotal, RemovableKind, SigningKeyStore } from './needs.ts'
