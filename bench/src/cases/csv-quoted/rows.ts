import { createWriteStream, existsSync, renameSync } from 'node:fs'
import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import { benchFile } from '../../bench-folder.ts'
import { isPlanted } from '../../planted.ts'
import { seededRandom } from '../../seeded-random.ts'

const ROWS_PER_WRITE = 4096

export interface Ticket {
  readonly id: string
  readonly email: string
  readonly subject: string
  readonly message: string
  readonly priority: string
}

/** The path of a CSV file with that many rows of about 160 bytes; every third message has line ends in quotes. */
export async function ticketsFile(rows: number): Promise<string> {
  const path = benchFile(`tickets-${rows}.csv`)
  if (existsSync(path)) return path
  const random = seededRandom(4180)
  const file = createWriteStream(`${path}.part`, { highWaterMark: 1 << 20 })
  file.write('id,email,subject,message,priority\n')
  for (let from = 0; from < rows; from += ROWS_PER_WRITE) {
    let text = ''
    for (let n = from; n < Math.min(rows, from + ROWS_PER_WRITE); n++) text += ticket(n, random)
    if (!file.write(text)) await once(file, 'drain')
  }
  file.end()
  await finished(file)
  renameSync(`${path}.part`, path)
  return path
}

function ticket(n: number, random: () => number): string {
  const number = Math.floor(random() * 1e6)
  const subject = n % 5 === 0 ? `"Order ""${number}"", late"` : `Order ${number} is late`
  const message =
    n % 3 === 0
      ? `"Hello,\n\nmy order ${number} has not come, ""again"".\r\nRegards, ${n}"`
      : `My order ${number} has not come and I would like to know when it will`
  const priority = isPlanted(n) ? '9' : String(1 + Math.floor(random() * 5))
  return `t-${n},user${number}@example.com,${subject},${message},${priority}\n`
}

/** A few rules over strings. */
export function isTicket({ id, email, subject, message, priority }: Ticket): boolean {
  return (
    id.startsWith('t-') &&
    /^[^@\s]+@[^@\s]+\.[a-z]+$/.test(email) &&
    subject.length > 0 &&
    message.length < 10_000 &&
    /^[1-5]$/.test(priority)
  )
}
