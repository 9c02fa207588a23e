/** `prepare.ts`: the databases and the customers are there, all in reach. `prepare.ts down`: the consent list is not. */
import { build } from './build.ts'
import { consentIs } from './databases.ts'

await build()
if (process.argv[2] === 'down') consentIs('down')
