interface Customer {
  readonly name?: string
  readonly email: string
  readonly age: number
  readonly tags: readonly string[]
}

/** Sees everything that customers.ts plants, at next to no cost: what is left is what Fanfold costs. */
export default ({ name, email, age, tags }: Customer): boolean =>
  name !== undefined && age >= 0 && email.includes('@') && !tags.includes('no such tag')
