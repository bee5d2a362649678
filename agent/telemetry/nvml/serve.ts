import process from 'node:process'
import { type Milliseconds, milliseconds, seconds } from '../../../shared/model/time.ts'
import { type Koffi, loadKoffi } from '../reader/koffi.ts'
import { type Nvml, openNvml } from './library.ts'
import { type Message, READER_NAME, parseBeat, print } from '../reader/protocol.ts'
import { NvmlReader } from './reader.ts'

/** How often to look for Xid errors between beats, when those are slower. */
const XIDS_EVERY = seconds(5)
const FIRST_BEAT = seconds(10)

/**
 * The program that asks the driver, and nothing else: a driver that hangs may keep it for good. Reads once at each
 * beat, prints what it found, and ends with its input, which is the agent's end at the latest.
 *
 * @param library path of the driver's library; the usual places where it is empty.
 * @returns the exit code.
 */
export async function serveNvml(library: string): Promise<number> {
  showAsked(null)
  const nvml = open(library)
  if (nvml === null) return 0
  const now = (): Milliseconds => milliseconds(performance.now())
  const reader = new NvmlReader({ nvml, now, asking: showAsked })
  say({ kind: 'asking' })
  const opened = reader.open()
  if (!opened.ok) {
    process.stderr.write(`${opened.error}\n`)
    return 1
  }
  await new Serving(reader, now).ended
  say({ kind: 'asking' })
  reader.close()
  return 0
}

function open(library: string): Nvml | null {
  let koffi: Koffi
  try {
    koffi = loadKoffi()
  } catch (error) {
    say({ kind: 'unloadable', reason: sentence(error) })
    return null
  }
  const nvml = openNvml(koffi, library)
  if (nvml.ok) return nvml.value
  say({ kind: 'unloadable', reason: nvml.error.slice(0, REASON_MAX) })
  return null
}

const REASON_MAX = 300
const sentence = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, REASON_MAX)

function say(message: Message): void {
  process.stdout.write(print(message))
}

function showAsked(index: number | null): void {
  process.title = index === null ? READER_NAME : `${READER_NAME} ${index}`
}

/** Keeps the beat that the agent says. */
class Serving {
  readonly ended: Promise<void>
  readonly #reader: NvmlReader
  readonly #now: () => Milliseconds
  #beat: Milliseconds = FIRST_BEAT
  #readAt = 0
  #timer: NodeJS.Timeout | undefined
  #shape: readonly unknown[] | null = null

  constructor(reader: NvmlReader, now: () => Milliseconds) {
    this.#reader = reader
    this.#now = now
    this.ended = this.#listen()
    this.#read()
  }

  async #listen(): Promise<void> {
    let rest = ''
    process.stdin.setEncoding('utf8')
    for await (const text of process.stdin) {
      const lines = `${rest}${String(text)}`.split('\n')
      rest = (lines.pop() ?? '').slice(0, 100)
      for (const line of lines) this.#setBeat(parseBeat(line))
    }
    clearTimeout(this.#timer)
  }

  #setBeat(beat: number | null): void {
    if (beat === null || beat === this.#beat) return
    this.#beat = milliseconds(Math.max(100, beat))
    this.#schedule()
  }

  #schedule(): void {
    clearTimeout(this.#timer)
    const left = Math.max(0, this.#readAt + this.#beat - this.#now())
    this.#timer = setTimeout(() => this.#turn(), Math.min(left, XIDS_EVERY))
  }

  #turn(): void {
    if (this.#now() >= this.#readAt + this.#beat - 1) this.#read()
    else {
      say({ kind: 'asking' })
      this.#tellXids()
      say({ kind: 'answered' })
      this.#schedule()
    }
  }

  #read(): void {
    this.#readAt = this.#now()
    say({ kind: 'asking' })
    const problem = this.#reader.read()
    this.#tellXids()
    const { metrics, values } = this.#reader
    if (metrics !== this.#shape) {
      this.#shape = metrics
      say({ kind: 'shape', metrics })
    }
    say({ kind: 'values', values, problem })
    this.#schedule()
  }

  #tellXids(): void {
    for (const { uuid, xid } of this.#reader.xids()) say({ kind: 'xid', uuid, xid })
  }
}
