// The signature of an installation: Ed25519 (RFC 8032) over the exact bytes of a manifest, 64 bytes as they are, so that openssl checks it too.
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto'
import { ParseError } from '../../base/index.ts'

/** Who signs. */
export interface Signer {
  /** SubjectPublicKeyInfo as PEM. */
  readonly publicKey: string
  readonly fingerprint: string
  readonly sign: (bytes: Buffer) => Buffer
}

/** A new private key, PKCS #8 as PEM. */
export const makeKey = (): string => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string

/** Throws ParseError for text that is no Ed25519 private key. */
export function signerOf(privateKey: string): Signer {
  const key = readKey(() => createPrivateKey(privateKey))
  const publicKey = createPublicKey(key)
  return { publicKey: publicKey.export({ type: 'spki', format: 'pem' }) as string, fingerprint: fingerprintOf(publicKey), sign: (bytes) => sign(null, bytes, key) }
}

export interface PublicKey {
  readonly fingerprint: string
  /** As an installation writes it, to the byte. */
  readonly pem: string
  readonly verifies: (bytes: Buffer, signature: Buffer) => boolean
}

/** Throws ParseError for text that is no Ed25519 public key. */
export function readPublicKey(pem: string): PublicKey {
  const key = readKey(() => {
    if (!pem.includes('BEGIN PUBLIC KEY')) throw new Error('no public key')
    return createPublicKey(pem)
  })
  return { fingerprint: fingerprintOf(key), pem: key.export({ type: 'spki', format: 'pem' }) as string, verifies: (bytes, signature) => signature.length === 64 && verify(null, bytes, key, signature) }
}

/** As people type and compare it: hex digits of either case, with blanks or colons between; undefined for anything else. */
export function readFingerprint(text: string): string | undefined {
  const digits = text.replace(/[\s:]/g, '').toLowerCase()
  return /^[0-9a-f]{64}$/.test(digits) ? digits : undefined
}

/** In groups of four, as it is printed. */
export const showFingerprint = (fingerprint: string): string => (fingerprint.match(/.{1,4}/g) ?? []).join(' ')

const fingerprintOf = (key: KeyObject): string => createHash('sha256').update(key.export({ type: 'spki', format: 'der' })).digest('hex')

function readKey(read: () => KeyObject): KeyObject {
  let key: KeyObject
  try {
    key = read()
  } catch {
    throw new ParseError('key.malformed', 'it is no key in PEM')
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new ParseError('key.malformed', 'it is no Ed25519 key')
  return key
}
