import { defineVerifier, flag, pass } from '@fanfold/workers'

/** What the application of these tests gives. */
export interface Host {
  double(n: number): number
  fail(message: string): never
  wait(): Promise<void>
  note(text: string): void
  nested(): Promise<unknown>
  giveBackFunction(): unknown
}

interface Ask {
  readonly do: keyof Host | 'unknown' | 'giveFunction' | 'exitWhileWaiting'
  readonly n?: number
}

/** Calls the function of the main thread that its item names. */
export default defineVerifier<Ask, { setup?: boolean }, number, unknown, Host>({
  setup: async ({ host, config }) => (config.setup === true ? host.double(21) : 0),
  async verify({ do: what, n = 0 }, { host, state }) {
    switch (what) {
      case 'double': {
        const { double } = host
        return pass([await double(n), state])
      }
      case 'fail':
        await host.fail('not today')
        return pass()
      case 'wait':
        await host.wait()
        return pass()
      case 'note':
        void host.note(`task ${n}`)
        return pass()
      case 'nested':
        return pass(await host.nested())
      case 'giveBackFunction':
        return pass(await host.giveBackFunction())
      case 'giveFunction':
        return pass(await host.double((() => {}) as never))
      case 'unknown':
        return flag(String((host as unknown as { nowhere(): unknown }).nowhere()))
      case 'exitWhileWaiting':
        void host.wait()
        setTimeout(() => process.exit(3), 50)
        return new Promise(() => {})
    }
  },
})
