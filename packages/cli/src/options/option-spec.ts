/** One option: what the parser, the help and the docs are made from. */
export interface OptionSpec<Value> {
  /** As commander writes them; the option's key in the table is the long flag's name in camel case. */
  readonly flags: string
  readonly group: string
  readonly description: string
  /** Absent for a switch. Gets the long flag and the value's text. */
  readonly parse?: (option: string, text: string) => Value
  /**
   * For an option whose value may be left out, which is in brackets in its flags: its text then. Its value has to follow
   * an equals sign; the next argument is never taken for it.
   */
  readonly bareValue?: string
  /** May be given several times; the values are gathered as texts. */
  readonly isRepeatable?: true
  readonly default?: Value
  /** What the help says about the default when it is computed elsewhere. */
  readonly defaultText?: string
}
