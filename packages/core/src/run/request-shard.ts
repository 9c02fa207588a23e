import { ItemsShard } from '../sources/item-shards.ts'
import type { Request } from './request-queue.ts'

/** Requests that go to a thread together. */
export class RequestShard extends ItemsShard {
  readonly requests: readonly Request[]

  constructor(requests: readonly Request[], firstIndex: number) {
    let bytes = 0
    const items: unknown[] = []
    for (const request of requests) {
      bytes += request.bytes
      items.push(request.item)
    }
    super(items, bytes, firstIndex)
    this.requests = requests
  }
}
