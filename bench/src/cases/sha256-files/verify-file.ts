import { isIntact } from './manifest.ts'

export default isIntact
