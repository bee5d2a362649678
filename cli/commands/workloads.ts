import type { Command } from 'commander'
import type { Timestamp__Output } from '../../shared/wire/gen/types/google/protobuf/Timestamp.ts'
import type { Workload__Output } from '../../shared/wire/gen/types/billet/v1/Workload.ts'
import type { Placement__Output } from '../../shared/wire/gen/types/billet/v1/Placement.ts'
import { PlacementPhase } from '../../shared/wire/gen/types/billet/v1/PlacementPhase.ts'
import { WorkloadState } from '../../shared/wire/gen/types/billet/v1/WorkloadState.ts'
import { services } from '../../shared/wire/load.ts'
import { age, plain, table } from '../render.ts'
import { priorityShown } from './priority_classes.ts'
import { holdsMachines, machinesOf, wantedLines } from './wanted.ts'
import {
  type OutputOption,
  type Register,
  type Session,
  collect,
  millisecondsOf,
  numberOf,
  pages,
  parseCount,
  parseSizes,
  printAll,
  resourceName,
  shortName,
  withOutput,
  word,
} from './shared.ts'

const { WorkloadService, PlacementService } = services

export function workloadState(workload: Workload__Output): string {
  return word(WorkloadState, 'WORKLOAD_STATE_', workload.state)
}

export function hasEnded(workload: Workload__Output): boolean {
  return ['succeeded', 'failed', 'cancelled'].includes(workloadState(workload))
}

export async function getWorkload(session: Session, name: string): Promise<Workload__Output> {
  const { workload } = await session.api().call(WorkloadService.GetWorkload, { name: resourceName('workloads', name) })
  if (workload === null) throw new Error('the coordinator answered with no workload')
  return workload
}

/** Why a workload waits, one line per reason. */
export function waitingLines(workload: Workload__Output): readonly string[] {
  return (workload.refusals ?? []).map((refusal) => plain(refusal.message ?? ''))
}

/** When it is expected to start, where that can be told. */
export function startLine(at: Timestamp__Output | null, now: number): readonly string[] {
  const expected = millisecondsOf(at)
  if (expected === undefined || expected <= now) return []
  return [`By the time limits of what runs, it starts in ${age(expected - now)} at the latest.`]
}

function workloadRow(workload: Workload__Output, now: number): readonly string[] {
  const ended = millisecondsOf(workload.end_time)
  const started = millisecondsOf(workload.start_time)
  return [
    shortName(workload.name),
    workload.tenant ?? '',
    workloadState(workload),
    machinesOf(workload),
    workload.spec === null ? '' : priorityShown(workload.spec),
    hasEnded(workload) ? `${workload.exit_code}` : '-',
    started === undefined ? '-' : age((ended ?? now) - started),
    age(now - (millisecondsOf(workload.create_time) ?? now)),
    plain(waitingLines(workload)[0] ?? workload.state_reason ?? ''),
  ]
}

const WORKLOADS = ['WORKLOAD', 'TENANT', 'STATE', 'MACHINES', 'PRIORITY', 'EXIT', 'RAN', 'AGE', 'WHY']
const PLACEMENTS = [
  'PLACEMENT',
  'WORKLOAD',
  'RANK',
  'TENANT',
  'HOST',
  'MACHINE',
  'EPOCH',
  'PHASE',
  'EXIT',
  'AGE',
  'WHY',
]

function printWorkloads(session: Session, workloads: readonly Workload__Output[], options: OutputOption): void {
  printAll(session, workloads, options, WORKLOADS, workloadRow)
}

function placementRow(placement: Placement__Output, now: number): readonly string[] {
  const phase = word(PlacementPhase, 'PLACEMENT_PHASE_', placement.phase)
  return [
    shortName(placement.name),
    shortName(placement.workload),
    `${placement.rank ?? 0}/${placement.world_size ?? 0}`,
    placement.tenant ?? '',
    plain(placement.hostname ?? ''),
    shortName(placement.machine),
    `${placement.epoch ?? 0}`,
    phase,
    phase === 'exited' ? `${placement.exit_code}` : '-',
    age(now - (millisecondsOf(placement.create_time) ?? now)),
    plain(placement.phase_reason ?? ''),
  ]
}

function printPlacements(session: Session, placements: readonly Placement__Output[], options: OutputOption): void {
  printAll(session, placements, options, PLACEMENTS, placementRow)
}

type ListOptions = OutputOption & {
  readonly array?: string
  readonly tenant?: string
  readonly state?: readonly string[]
  readonly watch?: boolean
}

async function listWorkloads(session: Session, options: ListOptions): Promise<void> {
  const filter = {
    tenant: options.tenant ?? '',
    array: options.array === undefined ? '' : resourceName('workloads', options.array),
    states: (options.state ?? []).map((state) => numberOf(WorkloadState, 'WORKLOAD_STATE_', state, '--state')),
  }
  if (options.watch === true) {
    for await (const change of session.api().stream(WorkloadService.WatchWorkloads, { filter })) {
      if (change.workload !== undefined && change.workload !== null) printWorkloads(session, [change.workload], options)
    }
    return
  }
  const workloads: Workload__Output[] = []
  const all = pages(async (page_token) => {
    const page = await session.api().call(WorkloadService.ListWorkloads, { filter, page_size: 1000, page_token })
    return { items: page.workloads ?? [], token: page.next_page_token ?? '' }
  })
  for await (const workload of all) workloads.push(workload)
  const since = (workload: Workload__Output): number => millisecondsOf(workload.create_time) ?? 0
  printWorkloads(
    session,
    workloads.toSorted((left, right) => since(left) - since(right)),
    options,
  )
}

type PlacementOptions = OutputOption & {
  readonly tenant?: string
  readonly workload?: string
  readonly all?: boolean
  readonly watch?: boolean
  readonly after?: number
}

async function listPlacements(session: Session, options: PlacementOptions): Promise<void> {
  const filter = {
    tenant: options.tenant ?? '',
    workload: options.workload === undefined ? '' : resourceName('workloads', options.workload),
    active_only: options.all !== true,
  }
  if (options.watch === true) {
    const request = { filter: { ...filter, active_only: false }, after_revision: options.after ?? 0 }
    for await (const change of session.api().stream(PlacementService.WatchPlacements, request)) {
      if (change.placement !== undefined && change.placement !== null)
        printPlacements(session, [change.placement], options)
    }
    return
  }
  const placements: Placement__Output[] = []
  const all = pages(async (page_token) => {
    const page = await session.api().call(PlacementService.ListPlacements, { filter, page_size: 1000, page_token })
    return { items: page.placements ?? [], token: page.next_page_token ?? '' }
  })
  for await (const placement of all) placements.push(placement)
  printPlacements(session, placements, options)
}

function describe(workload: Workload__Output, session: Session): string {
  const lines = [
    `Workload:  ${shortName(workload.name)}${workload.display_name ? ` (${plain(workload.display_name)})` : ''}`,
    `Tenant:    ${workload.tenant}`,
    `State:     ${workloadState(workload)}: ${plain(workload.state_reason ?? '')}`,
    `Machines:  ${machinesOf(workload)}`,
    ...wantedLines(workload),
    `Task:      ${(workload.spec?.task?.argv ?? []).map(plain).join(' ') || 'none: the machines are only held'}`,
    ...(workload.borrowed
      ? ['Borrowed:  it may be stopped for another tenant that wants what is guaranteed to it']
      : []),
    ...((workload.attempt ?? 0) > 1 ? [`Attempt:   ${workload.attempt}`] : []),
    ...(hasEnded(workload) ? [`Exit code: ${workload.exit_code}`] : []),
    ...waitingLines(workload).map((line) => `${holdsMachines(workload) ? 'No more:' : 'Waits:  '}   ${line}`),
  ]
  const placements = workload.placements ?? []
  const ranks = table(
    PLACEMENTS,
    placements.map((placement) => placementRow(placement, session.now())),
  )
  return `${lines.join('\n')}\n${placements.length === 0 ? '' : `\n${ranks}`}`
}

/** Why a workload is where it is, in words. */
async function explain(session: Session, name: string, options: OutputOption): Promise<void> {
  const workload = await getWorkload(session, name)
  if (options.output === 'json') {
    const { state_reason: reason, refusals, expected_start_time, suggestions } = workload
    const shown = { state: workloadState(workload), reason, refusals, expected_start_time, suggestions }
    session.stdout(`${JSON.stringify(shown)}\n`)
    return
  }
  session.stdout(`${shortName(workload.name)} is ${workloadState(workload)}: ${plain(workload.state_reason ?? '')}\n`)
  if (holdsMachines(workload) && waitingLines(workload).length > 0) {
    session.stdout(`It has ${machinesOf(workload)} machines. What keeps it from more:\n`)
  }
  for (const line of waitingLines(workload)) session.stdout(`  - ${line}\n`)
  for (const line of startLine(workload.expected_start_time, session.now())) session.stdout(`  - ${line}\n`)
  for (const suggestion of workload.suggestions) session.stdout(`  - ${plain(suggestion)}\n`)
}

function registerResize(group: Command, session: Session): void {
  const resize = group
    .command('resize')
    .argument('<workload>')
    .argument('<machines>', 'how many it may have: 8, or 4..8 to change also how many it must have')
    .description('change how many machines a workload may have; those beyond are given back')
    .option('--group <name>', 'of this group, and not of the machines that -n counted', '')
  withOutput(resize).action(
    async (name: string, machines: string, options: OutputOption & { readonly group: string }) => {
      const sized = parseSizes('machines', machines)
      const request = { name: resourceName('workloads', name), group: options.group, ...sized }
      const call = { ...request, request_id: session.requestId() }
      const { workload } = await session.api().call(WorkloadService.ResizeWorkload, call)
      if (workload !== undefined && workload !== null) printWorkloads(session, [workload], options)
    },
  )
}

export const registerWorkloads: Register = (program, session) => {
  const group = program.command('workloads').alias('workload').description('what tenants asked for')
  const listing = group
    .command('list')
    .description('list workloads')
    .option('--tenant <tenant>', 'only of this tenant')
    .option('--array <workload>', 'only of the array that begins with this workload')
    .option('--state <state>', 'only in this state (repeatable)', collect)
    .option('-w, --watch', 'go on with every change')
  withOutput(listing).action((options: ListOptions) => listWorkloads(session, options))
  withOutput(group.command('show').argument('<workload>').description('everything about one workload')).action(
    async (name: string, options: OutputOption) => {
      const workload = await getWorkload(session, name)
      session.stdout(options.output === 'json' ? `${JSON.stringify(workload)}\n` : describe(workload, session))
    },
  )
  const cancel = group.command('cancel').argument('<workload...>').description('ask workloads to end')
  withOutput(cancel.option('--reason <text>', 'one sentence', '')).action(
    async (names: readonly string[], options: OutputOption & { readonly reason: string }) => {
      const cancelled: Workload__Output[] = []
      for (const name of names) {
        const request = {
          name: resourceName('workloads', name),
          request_id: session.requestId(),
          reason: options.reason,
        }
        const { workload } = await session.api().call(WorkloadService.CancelWorkload, request)
        if (workload !== undefined && workload !== null) cancelled.push(workload)
      }
      printWorkloads(session, cancelled, options)
    },
  )
  registerResize(group, session)
  const placements = program.command('placements').alias('placement').description('decisions: which rank runs where')
  const placed = placements
    .command('list')
    .description('list placements that are not over')
    .option('-a, --all', 'those that are over too')
    .option('--tenant <tenant>', 'only of this tenant')
    .option('--workload <workload>', 'only of this workload')
    .option('-w, --watch', 'go on with every decision and change')
    .option(
      '--after <revision>',
      'with --watch: go on after this revision',
      parseCount('--after', 0, Number.MAX_SAFE_INTEGER),
    )
  withOutput(placed).action((options: PlacementOptions) => listPlacements(session, options))
  withOutput(program.command('explain').argument('<workload>').description('why a workload waits, in words')).action(
    (name: string, options: OutputOption) => explain(session, name, options),
  )
}
