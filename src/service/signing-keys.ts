// The operator's list of keys of other installations: what is typed is read as a fingerprint or a public key, and never the installation's own.
import type { SigningKeysDep } from '../api/index.ts'
import { AppError, ParseError, type Clock } from '../base/index.ts'
import { readFingerprint, readPublicKey, type SigningKeyStore } from '../inspect/index.ts'

export function signingKeys(store: SigningKeyStore, own: string, clock: Clock): SigningKeysDep {
  return {
    list: store.keys,
    add: async ({ key, name, note, by }) => {
      const fingerprint = readFingerprint(key) ?? fingerprintOf(key)
      if (fingerprint === own) throw new AppError('request.invalid', 'this is the key of this installation itself')
      if (name.trim() === '' || note.trim() === '') throw new AppError('request.invalid', 'a key needs the name of its owner, and how it was compared')
      return store.addKey({ fingerprint, name: name.trim(), note: note.trim(), by, atMs: clock.wallMs() })
    },
    revoke: ({ id, by, reason }) => store.revokeKey(id, { by, reason, atMs: clock.wallMs() }),
  }
}

function fingerprintOf(pem: string): string {
  try {
    return readPublicKey(pem).fingerprint
  } catch (error) {
    if (error instanceof ParseError) throw new AppError('request.invalid', `a key is a fingerprint of 64 hexadecimal digits, or a public key in PEM: ${error.message}`)
    throw error
  }
}
