import { createECDH, createHash, createPrivateKey, createPublicKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** Named as in JSON Web Signatures. */
export type Algorithm = 'Ed25519' | 'ES256'

/** A key that is the same everywhere, and secret nowhere: made from a published text. */
export function privateKey(algorithm: Algorithm): KeyObject {
  const secret = createHash('sha256').update(`fanfold benchmark ${algorithm}`).digest()
  if (algorithm === 'Ed25519') {
    // RFC 8410: a PKCS #8 key is this and its 32 bytes.
    const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), secret])
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  }
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(secret)
  const point = curve.getPublicKey() // one byte, x, y
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    d: secret.toString('base64url'),
    x: point.toString('base64url', 1, 33),
    y: point.toString('base64url', 33, 65),
  }
  return createPrivateKey({ key: jwk, format: 'jwk' })
}

export function publicKey(algorithm: Algorithm): KeyObject {
  return createPublicKey(privateKey(algorithm))
}
