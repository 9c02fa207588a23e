import { isTicket } from './rows.ts'

export default isTicket
