import { Buffer } from 'node:buffer'
import { type FileHandle, open, readFile } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import * as v from 'valibot'
import { writePrivateFile } from '../../shared/files.ts'
import type { CommandProgress } from '../../shared/model/command.ts'
import { type CommandId, parseCommandId } from '../../shared/model/ids.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { instant, isInstant } from '../../shared/model/time.ts'
import { COMMANDS_MAX, type CommandEntry, CommandLedger } from '../core/commands.ts'

export type JournalFailure = {
  readonly kind: 'journal_corrupt' | 'journal_full' | 'journal_unwritable'
  readonly sentence: string
}

/** Remembers, through crashes, which commands were begun: so that none is run twice. */
export interface CommandJournal {
  get(id: CommandId): CommandEntry | null
  /** Commands not yet acknowledged, oldest first. */
  unacknowledged(): readonly CommandId[]
  /** On the disk when this resolves; only then may the command be started. */
  intend(id: CommandId): Promise<Result<undefined, JournalFailure>>
  conclude(id: CommandId, progress: CommandProgress): Promise<Result<undefined, JournalFailure>>
  /** The coordinator has the result. The id itself is remembered as long as there is room. */
  acknowledge(id: CommandId): Promise<Result<undefined, JournalFailure>>
  close(): Promise<void>
}

const INSTANT = v.nullable(
  v.pipe(
    v.number(),
    v.check(isInstant, 'expected milliseconds'),
    v.transform((value) => instant(value)),
  ),
)
const PROGRESS = v.object({
  state: v.picklist(['exited', 'timed_out', 'cancelled', 'failed', 'unknown']),
  reason: v.string(),
  exitCode: v.nullable(v.number()),
  stdoutDroppedBytes: v.number(),
  stderrDroppedBytes: v.number(),
  startedAt: INSTANT,
  endedAt: INSTANT,
})
const LINE = v.variant('kind', [
  v.object({ kind: v.literal('intended'), id: v.string() }),
  v.object({ kind: v.literal('over'), id: v.string(), progress: PROGRESS }),
  v.object({ kind: v.literal('acknowledged'), id: v.string() }),
])

const checksum = (text: string): string => crc32(text).toString(16).padStart(8, '0')

function encode(id: CommandId, entry: CommandEntry): string {
  const text = JSON.stringify({ id, ...entry })
  return `${checksum(text)} ${text}\n`
}

function decode(line: string): { readonly id: CommandId; readonly entry: CommandEntry } | null {
  const text = line.slice(9)
  if (line.slice(0, 8) !== checksum(text)) return null
  try {
    const parsed = v.safeParse(LINE, JSON.parse(text))
    if (!parsed.success) return null
    const id = parseCommandId(parsed.output.id)
    return id.ok ? { id: id.value, entry: parsed.output } : null
  } catch {
    return null
  }
}

type Loaded = { readonly entries: Map<CommandId, CommandEntry>; readonly lines: number; readonly torn: boolean }

/** Only the last line may be torn: it was never reported written. Any other flaw means that ids may be missing. */
function load(text: string): Result<Loaded, JournalFailure> {
  const entries = new Map<CommandId, CommandEntry>()
  const lines = text.split('\n')
  const rest = lines.pop() ?? ''
  for (const [index, line] of lines.entries()) {
    const decoded = decode(line)
    if (decoded === null) {
      if (index === lines.length - 1 && rest === '') return ok({ entries, lines: index, torn: true })
      return refuse({ kind: 'journal_corrupt', sentence: `line ${index + 1} of the journal of commands is damaged` })
    }
    entries.set(decoded.id, decoded.entry)
  }
  return ok({ entries, lines: lines.length, torn: rest !== '' })
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}

function writeAll(path: string, entries: ReadonlyMap<CommandId, CommandEntry>): Promise<FileHandle> {
  writePrivateFile(path, [...entries].map(([id, entry]) => encode(id, entry)).join(''))
  return open(path, 'r+')
}

type Waiting = {
  readonly id: CommandId
  readonly entry: CommandEntry
  readonly settle: (done: Result<undefined, JournalFailure>) => void
}

function unwritable(error: unknown): JournalFailure {
  const why = error instanceof Error ? error.message : String(error)
  return { kind: 'journal_unwritable', sentence: `the journal of commands cannot be written: ${why}` }
}

class FileJournal implements CommandJournal {
  readonly #path: string
  readonly #ledger: CommandLedger
  #file: FileHandle
  #size: number
  #lines: number
  #waiting: Waiting[] = []
  #writing: Promise<void> | null = null
  #broken: JournalFailure | null = null

  constructor(path: string, file: FileHandle, size: number, ledger: CommandLedger) {
    this.#path = path
    this.#file = file
    this.#size = size
    this.#ledger = ledger
    this.#lines = ledger.size
  }

  get(id: CommandId): CommandEntry | null {
    return this.#ledger.get(id)
  }

  unacknowledged(): readonly CommandId[] {
    return this.#ledger.unacknowledged()
  }

  async intend(id: CommandId): Promise<Result<undefined, JournalFailure>> {
    const entry = this.#ledger.intend(id)
    if (entry === null) {
      const sentence = `${COMMANDS_MAX} commands wait for the coordinator to acknowledge their results`
      return refuse({ kind: 'journal_full', sentence })
    }
    const written = await this.#append(id, entry)
    if (!written.ok) this.#ledger.takeBack(id)
    return written
  }

  conclude(id: CommandId, progress: CommandProgress): Promise<Result<undefined, JournalFailure>> {
    return this.#append(id, this.#ledger.conclude(id, progress))
  }

  acknowledge(id: CommandId): Promise<Result<undefined, JournalFailure>> {
    const entry = this.#ledger.acknowledge(id)
    return entry === null ? Promise.resolve(ok()) : this.#append(id, entry)
  }

  #append(id: CommandId, entry: CommandEntry): Promise<Result<undefined, JournalFailure>> {
    if (this.#broken !== null) return Promise.resolve(refuse(this.#broken))
    return new Promise((settle) => {
      this.#waiting.push({ id, entry, settle })
      this.#writing ??= this.#writeWaiting()
    })
  }

  /** Everything that gathered while the last write was under way goes with one sync. */
  async #writeWaiting(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      const done = await this.#write(batch)
      for (const waiting of batch) waiting.settle(done)
    }
    this.#writing = null
  }

  async #write(batch: readonly Waiting[]): Promise<Result<undefined, JournalFailure>> {
    const bytes = Buffer.from(batch.map(({ id, entry }) => encode(id, entry)).join(''))
    try {
      for (let written = 0; written < bytes.length; ) {
        const { bytesWritten } = await this.#file.write(bytes, written, bytes.length - written, this.#size + written)
        written += bytesWritten
      }
      await this.#file.datasync()
      this.#size += bytes.length
      this.#lines += batch.length
      if (this.#lines > COMMANDS_MAX * 4) await this.#compact()
      return ok()
    } catch (error) {
      const failure = unwritable(error)
      // Half a line must not stay, or the lines after it would be lost with it.
      await this.#file.truncate(this.#size).catch(() => {
        this.#broken = failure
      })
      return refuse(failure)
    }
  }

  async #compact(): Promise<void> {
    const file = await writeAll(this.#path, this.#ledger.entries())
    await this.#file.close()
    this.#file = file
    this.#size = (await file.stat()).size
    this.#lines = this.#ledger.size
  }

  async close(): Promise<void> {
    await this.#writing
    await this.#file.close()
  }
}

/**
 * Opens the journal, or makes it. A damaged one is refused: without it no command may run, since it could be one
 * that ran before.
 */
export async function openCommandJournal(path: string): Promise<Result<CommandJournal, JournalFailure>> {
  try {
    const loaded = load(await readIfThere(path))
    if (!loaded.ok) return loaded
    const ledger = new CommandLedger(loaded.value.entries)
    const file = await writeAll(path, ledger.entries())
    return ok(new FileJournal(path, file, (await file.stat()).size, ledger))
  } catch (error) {
    return refuse(unwritable(error))
  }
}
