import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import * as v from 'valibot'
import { parsePlacementId } from '../../shared/model/ids.ts'
import type { PlacementId } from '../../shared/model/ids.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { type TaskSpec, STOP_SIGNALS } from '../../shared/model/task.ts'
import { type Instant, instant } from '../../shared/model/time.ts'
import { oomKilled } from './cgroup.ts'
import { errorCode, oneLine } from './failure.ts'
import { type PlacementPlan, RECORDS } from './plan.ts'
import type { ProcessTable } from './processes.ts'
import { EXIT_PENDING, type ProcessRecord, parseExitRecord, parseProcessRecord, signalOfCode } from './shim.ts'
import type { PlacementFacts, TaskExit } from './types.ts'

/** What an agent must know of a placement that an earlier agent prepared. Values of variables are left out. */
const RECORD = v.object({
  v: v.literal(1),
  placementId: v.string(),
  workloadId: v.string(),
  tenant: v.string(),
  epoch: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  rank: v.number(),
  worldSize: v.number(),
  argv: v.array(v.string()),
  variables: v.array(v.string()),
  stopSignal: v.picklist(STOP_SIGNALS),
  graceMs: v.pipe(v.number(), v.minValue(0)),
  user: v.picklist(['tenant_uid', 'root', 'same_uid_as_agent']),
  containment: v.picklist(['cgroup', 'session']),
  exclusiveUid: v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
  cgroup: v.nullable(v.string()),
  leased: v.optional(v.boolean(), false),
  limits: v.array(
    v.object({
      limit: v.picklist(['memory', 'cpu', 'processes', 'open_files']),
      enforcedBy: v.picklist(['cgroup', 'rlimit', 'nothing']),
      detail: v.string(),
    }),
  ),
})

export type PlacementRecord = v.InferOutput<typeof RECORD>

export function placementRecord(task: TaskSpec, facts: PlacementFacts, plan: PlacementPlan): PlacementRecord {
  return {
    v: 1,
    placementId: facts.placementId,
    workloadId: facts.workloadId,
    tenant: facts.tenant,
    epoch: facts.epoch,
    rank: facts.rank,
    worldSize: facts.peers.length,
    argv: [...task.argv],
    variables: Object.keys(task.env),
    stopSignal: task.stopSignal,
    graceMs: task.grace,
    user: plan.isolation.user,
    containment: plan.isolation.containment,
    exclusiveUid: plan.exclusiveUid,
    cgroup: plan.paths.cgroup,
    leased: facts.leased,
    limits: plan.limits.map((limit) => ({ ...limit })),
  }
}

/**
 * Makes the record directory anew. Nothing here is forced to the disk: after a loss of power no task runs, and
 * the records say so by their boot id, however old they are.
 */
export function writeRecords(directory: string, record: PlacementRecord): void {
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { mode: 0o700 })
  writeFileSync(`${directory}/${RECORDS.spec}`, JSON.stringify(record), { mode: 0o600 })
  writeFileSync(`${directory}/${RECORDS.exit}`, EXIT_PENDING, { mode: 0o600 })
  chmodSync(directory, 0o700)
}

export function readRecord(directory: string): Result<PlacementRecord & { readonly id: PlacementId }, string> {
  try {
    const parsed = v.safeParse(RECORD, JSON.parse(readFileSync(`${directory}/${RECORDS.spec}`, 'utf8')))
    if (!parsed.success) return refuse(`${RECORDS.spec}: ${parsed.issues[0].message}`)
    const id = parsePlacementId(parsed.output.placementId)
    return id.ok ? ok({ ...parsed.output, id: id.value }) : refuse(`${RECORDS.spec}: placementId ${id.error}`)
  } catch (error) {
    return refuse(`${RECORDS.spec}: ${oneLine(error)}`)
  }
}

export function readProcessRecord(path: string): ProcessRecord | null {
  try {
    const parsed = parseProcessRecord(readFileSync(path, 'utf8'))
    return parsed.ok ? parsed.value : null
  } catch {
    return null
  }
}

export const wasStarted = (directory: string): boolean => existsSync(`${directory}/${RECORDS.shim}`)

/**
 * Takes the shim's place in the record, so that one that has yet to begin will not run the task any more.
 * False: a shim was there first.
 */
export function fenceStart(directory: string): boolean {
  try {
    writeFileSync(`${directory}/${RECORDS.shim}`, 'fenced\n', { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  }
}

export const isFenced = (directory: string): boolean => {
  try {
    return readFileSync(`${directory}/${RECORDS.shim}`, 'utf8') === 'fenced\n'
  } catch {
    return false
  }
}

/** How the task ended, once its shim has written that down; null before. */
export function readExit(directory: string, cgroup: string | null): TaskExit | null {
  const path = `${directory}/${RECORDS.exit}`
  try {
    const record = parseExitRecord(readFileSync(path, 'utf8'))
    if (record.kind === 'pending') return null
    const at: Instant = instant(Math.floor(statSync(path).mtimeMs))
    if (record.kind === 'setup_failed') return { kind: 'setup_failed', sentence: record.sentence, at }
    const { code } = record
    if (code !== 0 && existsSync(`${directory}/${RECORDS.leaseOver}`)) {
      const sentence = 'its machine heard of no coordinator for its lease, and its watchdog ended it'
      return { kind: 'lost', sentence, at }
    }
    return { kind: 'exited', code, signal: signalOfCode(code), at, oomKilled: code !== 0 && oomKilled(cgroup) }
  } catch {
    return null
  }
}

export function sameProcess(table: ProcessTable, record: ProcessRecord, bootId: string): boolean {
  if (record.bootId !== bootId) return false
  const sight = table.look(record.pid)
  return sight !== null && sight.startTicks === record.startTicks && sight.state !== 'Z' && sight.state !== 'X'
}

/** For the watchdog: the agent has sent the signal already. Where it cannot be noted, the task gets it twice. */
export function noteStopping(directory: string): void {
  try {
    writeFileSync(`${directory}/${RECORDS.stopping}`, '', { mode: 0o600 })
  } catch {
    // A full disk stops no one from being stopped.
  }
}

/** The machine was made clean: what a watchdog of this placement finds by its uid is another's. */
export function markForgotten(directory: string): void {
  if (existsSync(directory)) writeFileSync(`${directory}/${RECORDS.forgotten}`, '', { mode: 0o600 })
}
