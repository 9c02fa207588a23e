import { chain } from '@fanfold/workers'

const small = (n: number): boolean => n < 100
const whole = (n: number): boolean => Number.isInteger(n)

export default chain([small, whole])
