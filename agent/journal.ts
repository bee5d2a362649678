import { Buffer } from 'node:buffer'
import { existsSync, renameSync } from 'node:fs'
import { type FileHandle, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import * as v from 'valibot'
import { epoch, parseMachineId, parsePlacementId, parseTenantName, parseWorkloadId, term } from '../shared/model/ids.ts'
import { type Result, ok, refuse } from '../shared/model/result.ts'
import { STOP_SIGNALS } from '../shared/model/task.ts'
import { instant, isInstant, milliseconds } from '../shared/model/time.ts'
import type { Journaled } from './core/state.ts'

export type MachineJournalFailure = {
  readonly kind: 'journal_corrupt' | 'journal_unwritable' | 'journal_too_large'
  readonly sentence: string
}

export interface MachineJournal {
  /**
   * On the disk when this resolves. Saves asked for while one is being written go together: the newest state is
   * written once, and all of them are answered by that.
   */
  save(state: Journaled): Promise<Result<undefined, MachineJournalFailure>>
  close(): Promise<void>
}

/** `state` null: there was no journal, this machine is new. */
export type OpenedJournal = { readonly journal: MachineJournal; readonly state: Journaled | null }

const parsedBy = <Value>(parse: (text: string) => Result<Value, string>) =>
  v.pipe(
    v.string(),
    v.rawTransform<string, Value>(({ dataset, addIssue, NEVER }) => {
      const parsed = parse(dataset.value)
      if (parsed.ok) return parsed.value
      addIssue({ message: parsed.error })
      return NEVER
    }),
  )
const COUNT = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const INSTANT = v.pipe(v.number(), v.check(isInstant, 'expected milliseconds'), v.transform(instant))
const EPOCH = v.pipe(COUNT, v.transform(epoch))
const ERASURE = v.object({
  device: v.string(),
  serial: v.string(),
  bytes: v.number(),
  method: v.string(),
  category: v.picklist(['purge', 'clear']),
  samples: v.number(),
})
const STEP = v.object({
  id: v.string(),
  passed: v.boolean(),
  detail: v.string(),
  durationMs: v.number(),
  erased: v.optional(ERASURE),
})
const CHECK_RESULT = v.object({
  check: v.string(),
  measure: v.string(),
  device: v.string(),
  outcome: v.variant('kind', [
    v.object({ kind: v.literal('measured'), value: v.number(), unit: v.string() }),
    v.object({ kind: v.literal('passed') }),
    v.object({ kind: v.literal('failed'), reason: v.string() }),
    v.object({ kind: v.literal('skipped'), reason: v.string() }),
  ]),
  durationMs: v.number(),
})
const REASONED = { reason: v.string(), at: INSTANT }

const LENGTH = v.pipe(v.number(), v.finite(), v.minValue(0), v.transform(milliseconds))
const TIME_LIMIT = v.object({
  limit: LENGTH,
  warning: v.nullable(v.object({ signal: v.picklist(STOP_SIGNALS), before: LENGTH })),
})

const STATE = v.object({
  machine: v.nullable(parsedBy(parseMachineId)),
  epoch: EPOCH,
  term: v.pipe(COUNT, v.transform(term)),
  state: v.picklist(['idle', 'preparing', 'prepared', 'running', 'stopping', 'sanitising', 'clean', 'dirty']),
  placement: v.nullable(
    v.object({
      placement: parsedBy(parsePlacementId),
      workload: parsedBy(parseWorkloadId),
      tenant: parsedBy(parseTenantName),
      tenantNumber: COUNT,
      startedAt: v.nullable(INSTANT),
      held: v.optional(v.boolean(), false),
      lease: v.optional(v.nullable(LENGTH), null),
      timeLimit: v.optional(v.nullable(TIME_LIMIT), null),
      runsSince: v.optional(v.nullable(LENGTH), null),
      warned: v.optional(v.boolean(), false),
    }),
  ),
  outcome: v.nullable(
    v.variant('kind', [
      v.object({ kind: v.literal('exited'), code: COUNT, ...REASONED }),
      v.object({
        kind: v.literal('failed_to_start'),
        fault: v.optional(v.picklist(['machine', 'task'])),
        ...REASONED,
      }),
      v.object({ kind: v.literal('not_started'), ...REASONED }),
      v.object({ kind: v.literal('lost'), ...REASONED }),
      v.object({ kind: v.literal('timed_out'), ...REASONED }),
    ]),
  ),
  handBack: v.nullable(
    v.object({ epoch: EPOCH, tried: v.optional(COUNT), clean: v.boolean(), steps: v.array(STEP), at: INSTANT }),
  ),
  validation: v.nullable(
    v.object({
      validation: COUNT,
      passed: v.boolean(),
      checks: v.array(STEP),
      results: v.optional(v.array(CHECK_RESULT)),
    }),
  ),
})

const MAGIC = 'billet-machine-1'
const SLOT_BYTES = 64 * 1024
const HEADER_BYTES = 64

type Slot = { readonly sequence: number; readonly state: Journaled }

/** Header: magic, sequence, length and checksum of what follows, all in one line. */
function encodeSlot(sequence: number, state: Journaled): Buffer | null {
  const body = Buffer.from(JSON.stringify(state))
  if (body.length > SLOT_BYTES - HEADER_BYTES) return null
  const sum = crc32(Buffer.concat([Buffer.from(`${sequence} `), body]))
  const header = `${MAGIC} ${sequence} ${body.length} ${sum}\n`.padEnd(HEADER_BYTES)
  return Buffer.concat([Buffer.from(header), body])
}

function decodeSlot(bytes: Buffer): Slot | null {
  const header = bytes.toString('latin1', 0, HEADER_BYTES).trim().split(' ')
  const [magic, sequence, length, sum] = [header[0], Number(header[1]), Number(header[2]), Number(header[3])]
  if (magic !== MAGIC || !Number.isSafeInteger(sequence) || !(length <= SLOT_BYTES - HEADER_BYTES)) return null
  const body = bytes.subarray(HEADER_BYTES, HEADER_BYTES + length)
  if (crc32(Buffer.concat([Buffer.from(`${sequence} `), body])) !== sum) return null
  const parsed = v.safeParse(STATE, JSON.parse(body.toString()))
  return parsed.success ? { sequence, state: parsed.output } : null
}

type Waiting = { readonly settle: (done: Result<undefined, MachineJournalFailure>) => void }

/** Two slots of fixed size, written in turn: one sync per save, nothing renamed, and the last good one stays. */
class SlotJournal implements MachineJournal {
  readonly #file: FileHandle
  #sequence: number
  #next: Journaled | null = null
  #waiting: Waiting[] = []
  #writing: Promise<void> | null = null

  constructor(file: FileHandle, sequence: number) {
    this.#file = file
    this.#sequence = sequence
  }

  save(state: Journaled): Promise<Result<undefined, MachineJournalFailure>> {
    return new Promise((settle) => {
      this.#next = state
      this.#waiting.push({ settle })
      this.#writing ??= this.#writeNewest()
    })
  }

  async #writeNewest(): Promise<void> {
    while (this.#next !== null) {
      const state = this.#next
      const waiting = this.#waiting
      this.#next = null
      this.#waiting = []
      const done = await this.#write(state)
      for (const { settle } of waiting) settle(done)
    }
    this.#writing = null
  }

  async #write(state: Journaled): Promise<Result<undefined, MachineJournalFailure>> {
    const sequence = this.#sequence + 1
    const bytes = encodeSlot(sequence, state)
    if (bytes === null) {
      return refuse({ kind: 'journal_too_large', sentence: `the machine's state is larger than ${SLOT_BYTES} bytes` })
    }
    try {
      await this.#file.write(bytes, 0, bytes.length, (sequence % 2) * SLOT_BYTES)
      await this.#file.datasync()
      this.#sequence = sequence
      return ok()
    } catch (error) {
      // Its slot may be torn now; the other one still holds the last state that was answered for.
      return refuse(unwritable(error))
    }
  }

  async close(): Promise<void> {
    await this.#writing
    await this.#file.close()
  }
}

function unwritable(error: unknown): MachineJournalFailure {
  const why = error instanceof Error ? error.message : String(error)
  return { kind: 'journal_unwritable', sentence: `the machine's journal cannot be written: ${why}` }
}

/** Written out in full, so that later saves change no metadata and need no room. */
async function fill(file: FileHandle): Promise<void> {
  await file.write(Buffer.alloc(SLOT_BYTES * 2), 0, SLOT_BYTES * 2, 0)
  await file.sync()
}

async function create(path: string): Promise<FileHandle> {
  const file = await open(path, 'wx+', 0o600)
  try {
    await fill(file)
    await using directory = await open(dirname(path), 'r')
    await directory.sync()
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}

/** What the journal says, without touching it: for looking at a machine from outside. Null: it says nothing. */
export async function readMachineJournal(path: string): Promise<Result<Journaled | null, MachineJournalFailure>> {
  try {
    if (!existsSync(path)) return ok(null)
    const bytes = await readFile(path)
    const slots = [bytes.subarray(0, SLOT_BYTES), bytes.subarray(SLOT_BYTES)].map(decodeSlot)
    const newest = slots.filter((slot) => slot !== null).toSorted((left, right) => right.sequence - left.sequence)[0]
    if (newest !== undefined || bytes.every((byte) => byte === 0)) return ok(newest?.state ?? null)
    return refuse({ kind: 'journal_corrupt', sentence: `the machine's journal ${path} is damaged` })
  } catch (error) {
    return refuse({ ...unwritable(error), sentence: `the machine's journal ${path} cannot be read` })
  }
}

function setAside(path: string): string {
  for (let number = 1; ; number += 1) {
    const aside = `${path}.corrupt-${number}`
    if (existsSync(aside)) continue
    renameSync(path, aside)
    return aside
  }
}

async function openExisting(path: string): Promise<Result<OpenedJournal, MachineJournalFailure>> {
  const file = await open(path, 'r+')
  const bytes = Buffer.alloc(SLOT_BYTES * 2)
  const { bytesRead } = await file.read(bytes, 0, bytes.length, 0)
  const slots = [bytes.subarray(0, SLOT_BYTES), bytes.subarray(SLOT_BYTES)].map(decodeSlot)
  const newest = slots.filter((slot) => slot !== null).toSorted((left, right) => right.sequence - left.sequence)[0]
  if (newest !== undefined) {
    return ok({ journal: new SlotJournal(file, newest.sequence), state: newest.state })
  }
  // All zeros: it was being made, and nothing was saved before the end came.
  if (bytes.every((byte) => byte === 0)) {
    if (bytesRead < bytes.length) await fill(file)
    return ok({ journal: new SlotJournal(file, 0), state: null })
  }
  await file.close()
  const aside = setAside(path)
  const sentence = `the machine's journal is damaged and was set aside as ${aside}: what ran here is not known`
  return refuse({ kind: 'journal_corrupt', sentence })
}

/**
 * Opens the journal, or makes it. A damaged one is set aside and refused: the machine must claim nothing, be
 * made clean and get a new epoch. Opened again after that, it begins anew.
 */
export async function openMachineJournal(path: string): Promise<Result<OpenedJournal, MachineJournalFailure>> {
  try {
    if (existsSync(path)) return await openExisting(path)
    return ok({ journal: new SlotJournal(await create(path), 0), state: null })
  } catch (error) {
    return refuse(unwritable(error))
  }
}
