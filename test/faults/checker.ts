import type { Answers, History, MachineRecord, TaskLine, Told } from './history.ts'

export type Broken = { readonly law: string; readonly evidence: string }

/**
 * Whether what the machines themselves recorded, and what callers were told, can both be true of a fleet that keeps
 * its promises. Knows nothing of Billet's state and shares no code with it.
 */
export function check({ records, answers }: History): readonly Broken[] {
  return [
    ...records.flatMap((record) => oneAtATime(record)),
    ...records.flatMap((record) => epochsAscend(record, answers)),
    ...placementsBeginOnce(records),
    ...ranksRunOnce(records),
    ...commandsBeginOnce(records, answers),
    ...nothingUnasked(records, answers),
    ...nothingLost(records, answers),
    ...whatWasToldStays(answers),
    ...machinesComeBack(answers),
  ]
}

const said = (machine: string, { at, event, tenant, placement, workload, rank, details }: TaskLine): string =>
  `${machine} at ${at}: ${event} of ${placement} (${tenant}, ${workload}, rank ${rank}) ${details.join(' ')}`.trimEnd()

/** The file's own order is the order in which it happened: no clock is trusted here. */
function oneAtATime({ machine, tasks }: MachineRecord): readonly Broken[] {
  const broken: Broken[] = []
  let last: TaskLine | null = null
  for (const line of tasks) {
    if (line.event === 'start') {
      const [lock = '', , found = ''] = line.details
      if (lock !== 'free') {
        const evidence = `${said(machine, line)}; before it ${last === null ? 'nobody' : said(machine, last)}`
        broken.push({ law: 'a task begins after the last process of the one before', evidence })
      }
      if (found !== '-') broken.push({ law: 'a task finds the machine clean', evidence: said(machine, line) })
      last = line
    } else if (last?.placement !== line.placement) {
      const after = last === null ? 'nothing began' : said(machine, last)
      const law = last?.tenant === line.tenant ? 'one task, one machine' : 'one tenant, one machine'
      broken.push({ law, evidence: `${said(machine, line)}, after ${after}` })
    }
  }
  return broken
}

function epochsAscend({ machine, tasks }: MachineRecord, { placements }: Answers): readonly Broken[] {
  const broken: Broken[] = []
  let newest = -1
  for (const line of tasks) {
    if (line.event !== 'start') continue
    const told = placements.get(line.placement)
    if (told === undefined) continue
    if (told.epoch <= newest) {
      const evidence = `${said(machine, line)} under epoch ${told.epoch}, after one under ${newest}`
      broken.push({ law: 'no task of an older epoch begins', evidence })
    }
    if (told.machine !== machine) {
      const evidence = `${said(machine, line)} was placed on ${told.machine}`
      broken.push({ law: 'a task runs where it was placed', evidence })
    }
    newest = Math.max(newest, told.epoch)
  }
  return broken
}

function placementsBeginOnce(records: readonly MachineRecord[]): readonly Broken[] {
  const first = new Map<string, string>()
  return starts(records).flatMap(({ machine, line }) => {
    const before = first.get(line.placement)
    first.set(line.placement, before ?? said(machine, line))
    if (before === undefined) return []
    return [{ law: 'a placement begins at most once', evidence: `${before}, and ${said(machine, line)}` }]
  })
}

const starts = (records: readonly MachineRecord[]) =>
  records.flatMap(({ machine, tasks }) => tasks.flatMap((line) => (line.event === 'start' ? [{ machine, line }] : [])))

/** What two readings of the recorders' clock may differ by. */
const CLOCK_GRAIN = 0.02

type Life = { readonly start: TaskLine; readonly machine: string; end: number }

/** By the lock that every process of a rank holds, and again by the clock. */
function ranksRunOnce(records: readonly MachineRecord[]): readonly Broken[] {
  const broken: Broken[] = []
  const lives = new Map<string, Life>()
  for (const { machine, tasks } of records) {
    for (const line of tasks) {
      const life = lives.get(line.placement)
      if (life === undefined) lives.set(line.placement, { start: line, machine, end: line.at })
      else life.end = Math.max(life.end, line.at)
      if (line.event !== 'start' || line.details[1] === 'free') continue
      broken.push({ law: 'a rank never runs twice at once', evidence: `${said(machine, line)}: another held its lock` })
    }
  }
  const ranks = Map.groupBy(lives.values(), ({ start }) => `${start.workload} ${start.rank}`)
  for (const same of ranks.values()) {
    const inTime = same.toSorted((one, other) => one.start.at - other.start.at)
    for (const [index, life] of inTime.entries()) {
      const next = inTime[index + 1]
      if (next === undefined || life.end <= next.start.at + CLOCK_GRAIN) continue
      const until = `${said(life.machine, life.start)} lived until ${life.end}`
      const evidence = `${until}, and ${said(next.machine, next.start)}`
      broken.push({ law: 'a rank never runs twice at once', evidence })
    }
  }
  return broken
}

function commandsBeginOnce(records: readonly MachineRecord[], { commands }: Answers): readonly Broken[] {
  const begun = new Map<string, number>()
  for (const record of records) {
    for (const { token } of record.commands) {
      const key = `${token} on ${record.machine}`
      begun.set(key, (begun.get(key) ?? 0) + 1)
    }
  }
  const broken: Broken[] = []
  for (const [key, times] of begun) {
    if (times > 1) broken.push({ law: 'a command begins at most once', evidence: `${key} began ${times} times` })
  }
  for (const { token, machine, state } of commands) {
    const key = `${token} on ${machine}`
    if (state === 'unknown') broken.push({ law: 'nothing acknowledged is lost', evidence: `command ${token}` })
    if (state === 'open') broken.push({ law: 'every command ends', evidence: key })
    if (state === 'exited' && !begun.has(key)) {
      broken.push({ law: 'what is told of a command is true', evidence: `${key} exited and never began` })
    }
  }
  return broken
}

/** A submission whose answer was lost is repeated until it is answered: so every workload is known by its answer. */
function nothingUnasked(records: readonly MachineRecord[], { submitted }: Answers): readonly Broken[] {
  const known = new Map(submitted.map((one) => [one.workload, one]))
  return starts(records).flatMap(({ machine, line }) => {
    const asked = known.get(line.workload)
    const isAsked = asked !== undefined && asked.tenant === line.tenant && line.rank < asked.ranks
    return isAsked ? [] : [{ law: 'nothing runs that nobody asked for', evidence: said(machine, line) }]
  })
}

function nothingLost(records: readonly MachineRecord[], { submitted, final }: Answers): readonly Broken[] {
  const finished = new Set<string>()
  for (const { tasks } of records) {
    for (const { event, workload, rank, details } of tasks) {
      if (event === 'stop' && details[0] === '0') finished.add(`${workload} ${rank}`)
    }
  }
  return submitted.flatMap(({ workload, ranks }): readonly Broken[] => {
    const end = final.get(workload)
    if (end === undefined) return [{ law: 'nothing acknowledged is lost', evidence: workload }]
    if (end.state === 'waiting')
      return [{ law: 'every workload ends, or runs', evidence: `${workload}: ${end.reason}` }]
    if (end.state !== 'succeeded') return []
    const missing = Array.from({ length: ranks }, (_, rank) => rank).filter(
      (rank) => !finished.has(`${workload} ${rank}`),
    )
    if (missing.length === 0) return []
    return [{ law: 'what succeeded was run', evidence: `${workload}: rank ${missing.join(', ')} never ended well` }]
  })
}

const isOver = (state: Told['state']): boolean => state === 'succeeded' || state === 'failed' || state === 'cancelled'

/** An answer is a promise: a restart of the coordinator does not take back what was told before. */
function whatWasToldStays({ cancelled, told, final }: Answers): readonly Broken[] {
  const broken: Broken[] = []
  const last = new Map<string, Told['state']>()
  const ends = [...final].map(([workload, { state }]) => ({ workload, state }))
  for (const { workload, state } of [...told, ...ends]) {
    const before = last.get(workload)
    last.set(workload, state)
    const evidence = `${workload} is told to be ${state}, after it was told to be ${before ?? 'acknowledged'}`
    if (state === 'unknown') broken.push({ law: 'nothing acknowledged is lost', evidence })
    else if (before !== undefined && isOver(before) && state !== before) {
      broken.push({ law: 'an end that was told stays', evidence })
    }
  }
  for (const { workload, state } of cancelled) {
    const end = last.get(workload)
    if (state === 'unknown') {
      broken.push({ law: 'nothing acknowledged is lost', evidence: `${workload} is unknown when it is cancelled` })
      continue
    }
    // One that had ended in another way before was told so; one that was failing already fails.
    const isKept = isOver(state) ? end === state : end !== 'succeeded'
    const evidence = `${workload} was told to be ${state} when it was cancelled, and is ${end ?? 'unknown'}`
    if (!isKept) broken.push({ law: 'a cancellation that was acknowledged holds', evidence })
  }
  return broken
}

function machinesComeBack({ machines }: Answers): readonly Broken[] {
  return [...machines].flatMap(([machine, state]) =>
    state === 'ready' ? [] : [{ law: 'every machine comes back', evidence: `${machine} is ${state}` }],
  )
}
