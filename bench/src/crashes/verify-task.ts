/** One in so many takes its thread down. */
export default function verify(task: { readonly exits: boolean }): boolean {
  if (task.exits) process.exit(1)
  return true
}
