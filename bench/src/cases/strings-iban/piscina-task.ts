/** What a Piscina thread runs for each string. */
import { isIban } from './iban.ts'

export default (text: string): boolean => isIban(text)
