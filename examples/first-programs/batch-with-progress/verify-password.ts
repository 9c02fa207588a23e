import { scryptSync } from 'node:crypto'
import { fail, pass } from '@fanfold/workers'

export interface StoredPassword {
  readonly user: string
  readonly password: string
  readonly salt: string
  readonly hash: string
}

/** Deriving the key is made to be slow: some 10 ms of one core each. */
export default ({ password, salt, hash }: StoredPassword) =>
  deriveHash(password, salt) === hash ? pass() : fail('wrong-password')

export function deriveHash(password: string, salt: string): string {
  return scryptSync(password, salt, 32, { N: 4096 }).toString('hex')
}
