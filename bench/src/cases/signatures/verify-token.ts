import type { KeyObject } from 'node:crypto'
import { defineVerifier } from '@fanfold/workers'
import type { Algorithm } from './keys.ts'
import { publicKey } from './keys.ts'
import { isSigned } from './tokens.ts'

export default defineVerifier<string, { readonly algorithm: Algorithm }, KeyObject>({
  setup: ({ config }) => publicKey(config.algorithm),
  verify: (token, { state, config }) => isSigned(config.algorithm, state, token),
})
