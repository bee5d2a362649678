import type { ClusterRecord, MachineRecord, PlacementRecord, WorkloadRecord } from './records.ts'
import type { FleetView } from './state.ts'

/** A rule that the state breaks, with what breaks it. */
export type Violation = { readonly rule: string; readonly subject: string; readonly evidence: string }

/**
 * Checks any state against the laws. It shares no code with what it checks, and says again in its own words what
 * the core must never do: tests, the simulator and a watchdog call it.
 */
export function violations(view: FleetView): readonly Violation[] {
  const found: Violation[] = []
  const broken = (rule: string, subject: string, evidence: string): void => {
    found.push({ rule, subject, evidence })
  }
  const cluster = view.cluster()
  for (const { record } of view.table('machines').values()) checkMachine(view, record, broken)
  for (const { record } of view.table('placements').values()) checkPlacement(view, record, broken)
  for (const { record } of view.table('workloads').values()) checkWorkload(view, record, cluster, broken)
  checkTenants(view, cluster, broken)
  checkReservations(view, broken)
  checkRegistrations(view, broken)
  return found
}

type Report = (rule: string, subject: string, evidence: string) => void

const OVER: ReadonlySet<string> = new Set(['exited', 'failed', 'lost', 'timed_out'])

function checkMachine(view: FleetView, machine: MachineRecord, broken: Report): void {
  const { id, state, placement: key, epoch } = machine
  const placement = key === null ? undefined : view.table('placements').get(key)?.record
  if (state === 'available' && machine.cleanEpoch !== epoch) {
    broken('an available machine is proved clean', id, `epoch ${epoch}, proved clean at ${machine.cleanEpoch}`)
  }
  if (machine.cleanEpoch > epoch) broken('nothing is proved before it is', id, `${machine.cleanEpoch} > ${epoch}`)
  if (state === 'allocated' && key === null) broken('an allocated machine has a placement', id, state)
  if (state === 'available' || state === 'pending' || state === 'retired') {
    if (key !== null || machine.tenant !== null) broken('a free machine has no tenant', id, `${key} ${machine.tenant}`)
  }
  if (state === 'allocated' && (placement === undefined || placement.machine !== id || placement.epoch !== epoch)) {
    broken("an allocated machine's placement is its own, under its epoch", id, `${key} at ${placement?.epoch}`)
  }
  if (state === 'allocated' && placement !== undefined && placement.tenant !== machine.tenant) {
    broken('a machine is held by the tenant of its placement', id, `${machine.tenant} and ${placement.tenant}`)
  }
}

function checkPlacement(view: FleetView, placement: PlacementRecord, broken: Report): void {
  const machine = view.table('machines').get(placement.machine)?.record
  const workload = view.table('workloads').get(placement.workload)?.record
  if (machine === undefined) return broken('a placement is on a machine', placement.id, placement.machine)
  if (workload === undefined) return broken('a placement is of a workload', placement.id, placement.workload)
  if (!OVER.has(placement.phase) && (machine.placement !== placement.id || machine.state !== 'allocated')) {
    broken('a placement that is not over holds its machine', placement.id, `${machine.state} ${machine.placement}`)
  }
  if (placement.epoch > machine.epoch) {
    broken('no placement is newer than its machine', placement.id, `${placement.epoch} > ${machine.epoch}`)
  }
}

/** How many machines it must have and may have, over all groups. */
function boundsOf({ spec, sizes }: WorkloadRecord): readonly [number, number] {
  const asked = [{ machineCount: spec.machineCount, least: spec.least }, ...spec.groups]
  const bounds = asked.map(
    ({ machineCount, least }, index) => sizes?.[index] ?? { machineCount, least: least ?? machineCount },
  )
  const sum = (numbers: readonly number[]): number => numbers.reduce((before, number) => before + number, 0)
  return [sum(bounds.map(({ least }) => least)), sum(bounds.map(({ machineCount }) => machineCount))]
}

function checkWorkload(view: FleetView, workload: WorkloadRecord, cluster: ClusterRecord, broken: Report): void {
  const ranks = workload.placements.map((key) => view.table('placements').get(key)?.record)
  const ended = ['succeeded', 'failed', 'cancelled'].includes(workload.state)
  if (workload.state === 'queued' && ranks.length > 0) {
    broken('a queued workload holds nothing', workload.id, `${ranks.length} placements`)
  }
  if (workload.state === 'starting' || workload.state === 'running') checkSize(workload, broken)
  if (ended && ranks.some((rank) => rank !== undefined && !OVER.has(rank.phase))) {
    broken('a workload ends after its ranks', workload.id, workload.state)
  }
  const alive = ranks.flatMap((rank) => (rank === undefined || OVER.has(rank.phase) ? [] : rank.machine))
  if (new Set(alive).size !== alive.length) {
    broken('each rank has a machine of its own', workload.id, alive.join(' '))
  }
  if (workload.sequence >= cluster.nextSequence) {
    broken('sequences are given once', workload.id, `${workload.sequence} of ${cluster.nextSequence}`)
  }
}

function checkSize(workload: WorkloadRecord, broken: Report): void {
  const [least, most] = boundsOf(workload)
  const { placements, vacancies, layout } = workload
  const members = placements.length - new Set(vacancies).size
  const evidence = `${members} of ${least} to ${most}, ${vacancies.length} vacant`
  if (members > most) broken('no more machines than asked for', workload.id, evidence)
  // One that lacks a rank that it must have has told so, and waits for it before everybody else.
  if (placements.length < least) broken('all machines or none', workload.id, evidence)
  if (least === most && layout.length === 0 && placements.length !== most) {
    broken('all machines or none', workload.id, evidence)
  }
  if (layout.length > 0 && layout.length !== placements.length) {
    broken('each rank is of a group', workload.id, `${layout.length} of ${placements.length}`)
  }
}

function checkReservations(view: FleetView, broken: Report): void {
  const names = new Map<string, string>()
  for (const { record } of view.table('reservations').values()) {
    const { id, name, overAt, begunAt, machines } = record
    if (overAt !== null) {
      if (begunAt !== null) broken('what is over has no window', id, `${begunAt}`)
      continue
    }
    const other = names.get(name)
    if (other !== undefined) broken('reservations share no name', id, `${name} is ${other}'s`)
    names.set(name, id)
    if (new Set(machines).size < machines.length) broken('a reservation has each machine once', id, machines.join(' '))
  }
}

function checkRegistrations(view: FleetView, broken: Report): void {
  const [holders, machines] = [new Map<string, string>(), new Map<string, string>()]
  for (const { record } of view.table('registrations').values()) {
    const { name, hardware, machine: id } = record
    const { uuid, serial, macAddresses } = hardware
    for (const identifier of [uuid, serial.toLowerCase(), ...macAddresses].filter((text) => text !== '')) {
      const other = holders.get(identifier)
      if (other !== undefined) broken('registrations share no hardware', name, `${identifier} is ${other}'s`)
      holders.set(identifier, name)
    }
    if (id === null) continue
    const machine = view.table('machines').get(id)?.record
    if (machine === undefined || machine.state === 'retired' || machine.registered?.name !== name) {
      broken('a registered machine is in the fleet, by that name', name, `${id} ${machine?.registered?.name}`)
    }
    if (machines.has(id)) broken('a machine is of one registration', id, `${name} and ${machines.get(id)}`)
    machines.set(id, name)
  }
  for (const { record: token } of view.table('tokens').values()) {
    if (token.registration === null) continue
    if (token.usesMade > 1) broken('a token for one machine is used once', token.id, `${token.usesMade}`)
  }
}

function checkTenants(view: FleetView, cluster: ClusterRecord, broken: Report): void {
  const numbers = new Map<number, string>()
  for (const { record: tenant } of view.table('tenants').values()) {
    const other = numbers.get(tenant.number)
    if (other !== undefined) broken('tenants share no number', tenant.name, `${tenant.number} is ${other}'s`)
    if (tenant.number >= cluster.nextTenantNumber) broken('numbers are given once', tenant.name, `${tenant.number}`)
    numbers.set(tenant.number, tenant.name)
  }
}
