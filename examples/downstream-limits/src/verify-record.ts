import { defineVerifier, flag, pass, throwIfOverloaded } from '@fanfold/workers'

/** Asks the service whether it knows the record, through the limit `service`. */
export default defineVerifier<{ id: number }, { url: string }>({
  async verify({ id }, { limit, config: { url } }) {
    const answer = await limit('service', async (signal) =>
      throwIfOverloaded(await fetch(`${url}/records/${id}`, { signal })).text(),
    )
    return answer === 'known' ? pass() : flag('unknown-record')
  },
})
