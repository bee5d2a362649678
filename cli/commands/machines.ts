import type { Command } from 'commander'
import type { Machine__Output } from '../../shared/wire/gen/types/billet/v1/Machine.ts'
import { Connection } from '../../shared/wire/gen/types/billet/v1/Connection.ts'
import type { Condition__Output } from '../../shared/wire/gen/types/billet/v1/Condition.ts'
import { HealthAction } from '../../shared/wire/gen/types/billet/v1/HealthAction.ts'
import { MachineState } from '../../shared/wire/gen/types/billet/v1/MachineState.ts'
import type { Reservation__Output } from '../../shared/wire/gen/types/billet/v1/Reservation.ts'
import { Severity } from '../../shared/wire/gen/types/billet/v1/Severity.ts'
import { services } from '../../shared/wire/load.ts'
import { usage } from '../errors.ts'
import { age, bytes, plain } from '../render.ts'
import { type Stamp, parseTime } from '../times.ts'
import { listReservations, whom, windowOf } from './reservation_shown.ts'
import { registerBmc } from './bmc.ts'
import { registerCertificates } from './certificates.ts'
import { registerKernelEvents } from './kernel_events.ts'
import { registerPower } from './power.ts'
import { registerRegistrations } from './registrations.ts'
import {
  type OutputOption,
  type Register,
  type Session,
  collect,
  collectPairs,
  millisecondsOf,
  numberOf,
  pages,
  printAll,
  resourceName,
  shortName,
  withOutput,
  word,
} from './shared.ts'

const { MachineService } = services

type Selection = {
  readonly state?: readonly string[]
  readonly selector?: Readonly<Record<string, string>>
  readonly class?: string
  readonly tenant?: string
}

/** Options that choose machines, alike wherever machines are chosen. */
export function withSelection(command: Command): Command {
  return command
    .option('--state <state>', 'only machines in this state (repeatable)', collect)
    .option('-l, --selector <key=value>', 'only machines with this label (repeatable)', collectPairs('--selector'))
    .option('--class <class>', 'only machines of this hardware class')
    .option('--tenant <tenant>', 'only machines that this tenant holds')
}

export async function* selectMachines(session: Session, selection: Selection): AsyncGenerator<Machine__Output> {
  const filter = {
    // Retired machines are shown to those who ask for them.
    states: (selection.state ?? IN_FLEET).map((state) => numberOf(MachineState, 'MACHINE_STATE_', state, '--state')),
    labels: { ...selection.selector },
    hardware_class: selection.class ?? '',
    tenant: selection.tenant ?? '',
  }
  yield* pages(async (page_token) => {
    const page = await session.api().call(MachineService.ListMachines, { filter, page_size: 1000, page_token })
    return { items: page.machines ?? [], token: page.next_page_token ?? '' }
  })
}

const IN_FLEET = ['pending', 'validating', 'available', 'allocated', 'sanitising', 'quarantined'] as const

/** The machine that a person means: its name, its identifier, or its host name where only one has it. */
export async function findMachine(session: Session, text: string): Promise<string> {
  if (/^(?:machines\/)?mch-/.test(text)) return resourceName('machines', text)
  const filter = { prefix: text }
  const page = await session.api().call(MachineService.ListMachines, { filter, page_size: 100 })
  const found = (page.machines ?? []).filter((machine) => machine.hostname === text)
  const [only, ...others] = found
  if (only === undefined) throw usage(`There is no machine with the host name ${JSON.stringify(text)}.`)
  if (others.length > 0) {
    const names = found.map((machine) => shortName(machine.name)).join(', ')
    throw usage(`${found.length} machines have the host name ${JSON.stringify(text)}: name one of ${names}.`)
  }
  return only.name ?? ''
}

const HEADER = ['MACHINE', 'HOST', 'STATE', 'CONNECTION', 'TENANT', 'CLASS', 'HEALTH', 'AGE']

function row(machine: Machine__Output, now: number): readonly string[] {
  const cordoned =
    machine.cordon === undefined || machine.cordon === null ? '' : machine.cordon.drain ? ',drained' : ',cordoned'
  return [
    shortName(machine.name),
    plain(machine.hostname ?? ''),
    stateWord(machine) + cordoned + (isHeldBack(machine) ? ',held-back' : ''),
    word(Connection, 'CONNECTION_', machine.connection),
    machine.tenant || '-',
    machine.hardware_class || '-',
    health(machine),
    age(now - (millisecondsOf(machine.create_time) ?? now)),
  ]
}

const isHeldBack = ({ held_back }: Machine__Output): boolean => held_back !== undefined && held_back !== null

export function stateWord(machine: Machine__Output): string {
  return word(MachineState, 'MACHINE_STATE_', machine.state)
}

function health(machine: Machine__Output): string {
  const worst = Math.max(0, ...(machine.conditions ?? []).map((condition) => condition.severity ?? 0))
  return worst === 0 ? 'ok' : word(Severity, 'SEVERITY_', worst)
}

export function printMachines(session: Session, machines: readonly Machine__Output[], options: OutputOption): void {
  printAll(session, machines, options, HEADER, row)
}

type ListOptions = Selection & OutputOption & { readonly watch?: boolean }

async function list(session: Session, options: ListOptions): Promise<void> {
  if (options.watch !== true) {
    const machines: Machine__Output[] = []
    for await (const machine of selectMachines(session, options)) machines.push(machine)
    return printMachines(session, machines, options)
  }
  for await (const change of session.api().stream(MachineService.WatchMachines, {})) {
    if (change.machine !== undefined && change.machine !== null) printMachines(session, [change.machine], options)
  }
}

function describe(machine: Machine__Output, reservations: readonly Reservation__Output[]): string {
  const { inventory } = machine
  const { processor, hardware } = inventory ?? {}
  const gpus = (inventory?.gpus ?? []).map(
    (gpu) => `${gpu.index} ${gpu.model} ${bytes(gpu.memory_bytes ?? 0)} ${gpu.uuid}`,
  )
  const steps = (machine.last_hand_back?.steps ?? []).map(
    (step) => `${step.passed ? 'ok  ' : 'FAIL'} ${step.id} (${(step.duration_ms ?? 0).toFixed(1)} ms) ${step.detail}`,
  )
  const facts: readonly (readonly [string, string | readonly string[]])[] = [
    ['Machine', shortName(machine.name)],
    ['Host', `${machine.hostname} at ${machine.address}`],
    ['Registered', shortName(machine.registration) || 'no'],
    ['State', `${stateWord(machine)}: ${machine.state_reason}`],
    ['Connection', word(Connection, 'CONNECTION_', machine.connection)],
    ['Cordon', machine.cordon?.reason ?? 'none'],
    ['Held back', heldBack(machine)],
    ['Reserved', reservations.map((one) => `${one.display_name} for ${whom(one)}: ${windowOf(one)}`)],
    ['Tenant', machine.tenant || 'none'],
    ['Epoch', `${machine.epoch ?? 0}`],
    ['Class', machine.hardware_class || 'not known yet'],
    ['Labels', Object.entries(machine.labels ?? {}).map(([key, value]) => `${key}=${value}`)],
    ['Maker', [inventory?.manufacturer, inventory?.product].filter(Boolean).join(' ') || 'not known'],
    ['UUID, serial', [hardware?.uuid, hardware?.serial].filter(Boolean).join(', ') || 'none'],
    ['Processor', `${processor?.model}, ${processor?.cores} cores, ${processor?.threads} threads`],
    ['Memory', bytes(inventory?.memory_bytes ?? 0)],
    ['GPUs', gpus],
    ['Disks', (inventory?.disks ?? []).map((disk) => `${disk.device} ${disk.model} ${bytes(disk.size_bytes ?? 0)}`)],
    [
      'Network',
      (inventory?.network_interfaces ?? []).map(
        (nic) => `${nic.device} ${nic.mac_address} ${(nic.addresses ?? []).join(' ')}`,
      ),
    ],
    ['System', [inventory?.distribution, inventory?.kernel].filter(Boolean).join(', ')],
    ['Agent', `${machine.agent_version}, identity ${machine.identity_generation}`],
    ['Health', (machine.conditions ?? []).flatMap(findingLines)],
    ['Last hand-back', steps],
  ]
  const lines = facts.map(([name, value]) => {
    const [first = 'none', ...more] = typeof value === 'string' ? [value] : value
    return `${`${name}:`.padEnd(16)}${[first, ...more].map(plain).join(`\n${' '.repeat(16)}`)}\n`
  })
  return lines.join('')
}

function heldBack({ held_back, placement_failures }: Machine__Output): readonly string[] {
  if (held_back === undefined || held_back === null) return []
  const until = new Date(millisecondsOf(held_back.until_time) ?? 0).toISOString()
  const failures = (placement_failures ?? []).map(
    ({ workload, tenant, reason }) => `${shortName(workload)} of ${tenant}: ${reason}`,
  )
  return [`until ${until}: ${held_back.reason}`, ...failures]
}

function findingLines({ id, severity, reason, action, suspended, evidence }: Condition__Output): readonly string[] {
  const held = suspended ? ', held back by the limit on machines out of service' : ''
  const what = `${id}, ${word(Severity, 'SEVERITY_', severity)}, ${word(HealthAction, 'HEALTH_ACTION_', action)}${held}`
  return [`${what}: ${reason}`, ...evidence.map((one) => `  ${one}`)]
}

async function show(session: Session, text: string, options: OutputOption): Promise<void> {
  const name = await findMachine(session, text)
  const { machine } = await session.api().call(MachineService.GetMachine, { name })
  if (machine === undefined || machine === null) return
  if (options.output === 'json') return session.stdout(`${JSON.stringify(machine)}\n`)
  session.stdout(describe(machine, await listReservations(session, { machine: name })))
}

type Verb = (name: string, request_id: string) => Promise<{ readonly machine?: Machine__Output | null }>

/** One verb on any number of machines; each is done or refused for itself. */
async function each(session: Session, texts: readonly string[], options: OutputOption, verb: Verb): Promise<void> {
  const machines: Machine__Output[] = []
  for (const text of texts) {
    const { machine } = await verb(await findMachine(session, text), session.requestId())
    if (machine !== undefined && machine !== null) machines.push(machine)
  }
  printMachines(session, machines, options)
}

type VerbOptions = {
  readonly reason?: string
  readonly force?: boolean
  readonly by?: (now: number) => Stamp
  readonly set?: Readonly<Record<string, string>>
  readonly remove?: readonly string[]
}

type VerbOf = (session: Session, options: VerbOptions) => Verb

const verbs: Readonly<Record<string, { readonly does: string; readonly reasoned: boolean; readonly verb: VerbOf }>> = {
  approve: {
    does: 'let pending machines into the fleet',
    reasoned: false,
    verb: (session) => (name, request_id) => session.api().call(MachineService.ApproveMachine, { name, request_id }),
  },
  cordon: {
    does: 'take no new placement there',
    reasoned: true,
    verb:
      (session, { reason = '' }) =>
      (name, request_id) =>
        session.api().call(MachineService.CordonMachine, { name, request_id, reason }),
  },
  uncordon: {
    does: 'let machines take placements again',
    reasoned: false,
    verb: (session) => (name, request_id) => session.api().call(MachineService.UncordonMachine, { name, request_id }),
  },
  drain: {
    does: 'cordon, and stop what runs there, at once or by a time; what can spare the machine goes on without it',
    reasoned: true,
    verb: (session, { reason = '', by }) => {
      const by_time = by?.(session.now()) ?? null
      return (name, request_id) =>
        session.api().call(MachineService.DrainMachine, { name, request_id, reason, by_time })
    },
  },
  quarantine: {
    does: 'hold machines back until they are revalidated',
    reasoned: true,
    verb:
      (session, { reason = '' }) =>
      (name, request_id) =>
        session.api().call(MachineService.QuarantineMachine, { name, request_id, reason }),
  },
  revalidate: {
    does: 'check machines again that are quarantined or held back',
    reasoned: false,
    verb: (session) => (name, request_id) => session.api().call(MachineService.RevalidateMachine, { name, request_id }),
  },
  accept: {
    does: 'take the hardware as it is now, and what was measured of it last, for what it should be',
    reasoned: false,
    verb: (session) => (name, request_id) => session.api().call(MachineService.AcceptHardware, { name, request_id }),
  },
  retire: {
    does: 'take machines out of the fleet for good',
    reasoned: false,
    verb:
      (session, { force = false }) =>
      (name, request_id) =>
        session.api().call(MachineService.RetireMachine, { name, request_id, force }),
  },
  label: {
    does: 'set and remove labels',
    reasoned: false,
    verb:
      (session, { set = {}, remove = [] }) =>
      (name, request_id) =>
        session.api().call(MachineService.LabelMachine, { name, request_id, set: { ...set }, remove: [...remove] }),
  },
}

const BY =
  'at 2026-12-24T18:00:00Z, or 2h from now: until then what ends in time may start there; uncordon takes it back'

export const registerMachines: Register = (program, session) => {
  const group = program.command('machines').alias('machine').description('machines of the fleet')
  const listing = group.command('list').description('list machines').option('-w, --watch', 'go on with every change')
  withOutput(withSelection(listing)).action((options: ListOptions) => list(session, options))
  withOutput(group.command('show').argument('<machine>').description('everything about one machine')).action(
    (machine: string, options: OutputOption) => show(session, machine, options),
  )
  registerCertificates(group, session, findMachine)
  registerKernelEvents(group, session, findMachine)
  registerRegistrations(group, session)
  registerBmc(group, session, findMachine)
  registerPower(group, session, findMachine)
  for (const [name, { does, reasoned, verb }] of Object.entries(verbs)) {
    const command = withOutput(group.command(name).argument('<machine...>').description(does))
    if (reasoned) command.requiredOption('--reason <text>', 'one sentence')
    if (name === 'retire') command.option('--force', 'the machine is known to be dead: what it runs is lost')
    if (name === 'drain') command.option('--by <time>', BY, parseTime('--by'))
    if (name === 'label') {
      command
        .option('--set <key=value>', 'set this label (repeatable)', collectPairs('--set'))
        .option('--remove <key>', 'remove this label (repeatable)', collect)
    }
    command.action((machines: readonly string[], options: VerbOptions & OutputOption) =>
      each(session, machines, options, verb(session, options)),
    )
  }
}
