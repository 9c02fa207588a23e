import { pass } from '@fanfold/workers'
import type { Answer } from '@fanfold/workers'

/** Answers with the item it was given. */
export default (item: unknown): Answer => pass(item)
