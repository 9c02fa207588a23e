/** Two packages without types of their own; only what the example uses is declared. */
declare module 'rrad' {
  interface Address {
    readonly address1: string
    readonly address2: string
    /** 21 of the 3,220 addresses have no city. */
    readonly city?: string
    readonly state: string
    readonly postalCode: string
    readonly coordinates: { readonly lat: number; readonly lng: number }
  }
  const rrad: { readonly addresses: readonly Address[]; readonly attribution: readonly string[] }
  export default rrad
}

declare module 'parse-address' {
  interface ParsedAddress {
    readonly number?: string
    readonly prefix?: string
    readonly street?: string
    readonly type?: string
    readonly suffix?: string
  }
  const parser: { parseLocation(text: string): ParsedAddress | null }
  export default parser
}
