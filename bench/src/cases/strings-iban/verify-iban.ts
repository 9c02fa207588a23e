import { isIban } from './iban.ts'

export default (text: string): boolean => isIban(text)
