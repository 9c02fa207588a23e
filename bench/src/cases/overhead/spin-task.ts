import { spin } from './spin.ts'

export default (item: number): boolean => spin(item)
