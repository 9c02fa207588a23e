import { isReading } from './readings.ts'

export default isReading
