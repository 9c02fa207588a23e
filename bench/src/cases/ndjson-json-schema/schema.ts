import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

const SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  required: ['id', 'name', 'email', 'age', 'country', 'active', 'since', 'balance', 'tags', 'address'],
  additionalProperties: false,
  properties: {
    id: { type: 'string', pattern: '^c-[0-9]{9}$' },
    name: { type: 'string', minLength: 1, maxLength: 100 },
    email: { type: 'string', format: 'email' },
    age: { type: 'integer', minimum: 0, maximum: 150 },
    country: { enum: ['DE', 'FR', 'US', 'JP', 'BR', 'IN'] },
    active: { type: 'boolean' },
    since: { type: 'string', format: 'date' },
    balance: { type: 'number' },
    tags: {
      type: 'array',
      uniqueItems: true,
      items: { enum: ['newsletter', 'wholesale', 'returns', 'press', 'beta'] },
    },
    address: {
      type: 'object',
      required: ['street', 'zip'],
      properties: { street: { type: 'string', minLength: 1 }, zip: { type: 'string', pattern: '^[0-9]{5}$' } },
    },
  },
}

/** The compiled schema; every side compiles it once a thread, before the clock. */
export function compileSchema(): (record: unknown) => boolean {
  const ajv = new Ajv2020()
  addFormats.default(ajv)
  return ajv.compile(SCHEMA)
}
