import { defineVerifier } from '@fanfold/workers'
import { compileSchema } from './schema.ts'

export default defineVerifier<unknown, unknown, (record: unknown) => boolean>({
  setup: () => compileSchema(),
  verify: (record, { state }) => state(record),
})
