import { isOrder } from './orders.ts'

export default isOrder
