import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { SimulatedAgent } from '../../bench/lib/simulated_agent.ts'
import { LocalFleet } from '../../demo/fleet.ts'
import { Connection, type Method } from '../../shared/grpc/client.ts'
import { services } from '../../shared/wire/load.ts'
import { must } from '../fixtures.ts'

type Doors = {
  readonly fleet: LocalFleet
  readonly admin: Connection
  readonly machine: Connection
  readonly nobody: Connection
  readonly authority: string
  readonly agent: SimulatedAgent
}

async function open(t: ExecutionContext): Promise<Doors> {
  const directory = mkdtempSync(join(tmpdir(), 'billet-test-'))
  const fleet = new LocalFleet(directory)
  t.teardown(async () => {
    await fleet.stop()
    rmSync(directory, { recursive: true, force: true })
  })
  await fleet.startCoordinator()
  const { address, ca: authority, certificate, key } = fleet.admin
  const admin = new Connection(address, { authorities: authority, identity: { certificate, key } })
  const token = (await fleet.billet('tokens', 'create', '--auto-approve')).stdout.trim()
  const where = { authority, api: address, enrolment: fleet.addresses.enrolment, token }
  const agent = await SimulatedAgent.join(where, 1)
  const machine = new Connection(address, { authorities: authority, identity: agent.identity })
  const nobody = new Connection(address, { authorities: authority })
  t.teardown(() => {
    for (const connection of [admin, machine, nobody]) connection.close()
    agent.close()
  })
  return { fleet, admin, machine, nobody, authority, agent }
}

const raw = (path: string): Method<Buffer, Buffer> => ({
  path,
  requestSerialize: (bytes) => bytes,
  responseDeserialize: (bytes) => bytes,
})

/** A ListMachinesRequest whose filter names state 77, which there is none of. */
const UNKNOWN_STATE = Buffer.from([0x1a, 3, 0x0a, 1, 77])

async function outcome(connection: Connection, path: string): Promise<string> {
  for await (const item of connection.stream(raw(path), Buffer.alloc(0), { deadlineMs: 1500 })) {
    if (item.ok) return 'answered'
    return item.error.kind === 'deadline_exceeded' ? 'answered' : item.error.kind
  }
  return 'answered'
}

test('every method asks who calls: users and machines each have their own, and nobody else has any', async (t) => {
  const { admin, machine, nobody } = await open(t)
  const { EnrolmentService: _, Health: health, ServerReflection: reflection, AgentService: agents, ...users } = services
  for (const service of Object.values(users)) {
    for (const { path } of Object.values(service)) {
      t.is(await outcome(machine, path), 'permission_denied', `${path} by a machine`)
      t.not(await outcome(admin, path), 'permission_denied', `${path} by a user`)
    }
  }
  for (const { path } of Object.values(agents)) t.is(await outcome(admin, path), 'permission_denied', path)
  for (const { path } of [...Object.values(health), ...Object.values(reflection)]) {
    t.not(await outcome(machine, path), 'permission_denied', path)
  }
  t.is(await outcome(nobody, services.MachineService.ListMachines.path), 'unavailable', 'TLS itself refuses')
})

test('messages that are wrong are refused by field, and hurt nobody', async (t) => {
  const { admin } = await open(t)
  const { WorkloadService, MachineService, CommandService } = services
  const submit = async (spec: object, tenant = 'a') => {
    const answer = await admin.call(WorkloadService.SubmitWorkload, { tenant, spec })
    return answer.ok ? 'accepted' : `${answer.error.kind} ${answer.error.field ?? ''}`
  }
  t.is(await submit({ machine_count: -1 }), 'invalid_argument spec.machine_count')
  t.is(await submit({ machine_count: 1, priority: 9999 }), 'invalid_argument spec.priority')
  t.is(await submit({ machine_count: 1, task: { argv: [] } }), 'invalid_argument spec.task.argv')
  t.is(await submit({ machine_count: 1, constraints: { gpus_min: -3 } }), 'invalid_argument spec.constraints.gpus_min')
  t.is(
    await submit({ machine_count: 1, constraints: { machines: ['x'] } }),
    'invalid_argument spec.constraints.machines[0]',
  )
  t.is(await submit({ machine_count: 1 }, 'Not A Name'), 'invalid_argument tenant')
  t.is(
    await submit({ machine_count: 1, task: { argv: ['x'], env: { BILLET_RANK: '7' } } }),
    'invalid_argument spec.task.env',
  )
  const states = await admin.call(raw(MachineService.ListMachines.path), UNKNOWN_STATE)
  t.is(states.ok ? '' : states.error.field, 'filter.states[0]')
  const page = await admin.call(MachineService.ListMachines, { page_token: 'bm9uc2Vuc2U' })
  t.is(page.ok ? '' : page.error.field, 'page_token')
  const unknown = await admin.call(MachineService.GetMachine, { name: 'machines/mch-0000000000000000' })
  t.is(unknown.ok ? '' : unknown.error.kind, 'machine_not_found')
  const nowhere = await admin.call(raw(CommandService.RunCommand.path), Buffer.from([0x0a, 0x7f, 0x01]))
  t.false(nowhere.ok, 'malformed bytes')
  const huge = await admin.call(raw(MachineService.GetMachine.path), Buffer.alloc(250_000, 0x0a))
  t.false(huge.ok, 'garbage of full size')
  t.true((await admin.call(MachineService.ListMachines, {})).ok, 'the coordinator lives on')
})

test('a watch goes on from any revision with no gap and no repeat', async (t) => {
  const { admin, fleet } = await open(t)
  const { MachineService } = services
  const [machine] = await fleet.json('machines', 'list')
  const name = String(machine?.['name'])
  const label = async (value: number) =>
    must(await admin.call(MachineService.LabelMachine, { name, set: { value: `${value}` } }))
  const read = async (after: number, until: string): Promise<{ readonly seen: string[]; readonly last: number }> => {
    const seen: string[] = []
    let last = after
    for await (const item of admin.stream(MachineService.WatchMachines, { after_revision: after })) {
      const change = must(item)
      if (change.revision > 0) last = change.revision
      const value = change.machine?.labels['value']
      if (change.machine !== null && change.machine !== undefined && change.revision > 0) seen.push(value ?? '')
      if (value === until && change.revision > 0) break
    }
    return { seen, last }
  }
  const synced = await new Promise<number>((resolve, reject) => {
    void (async () => {
      for await (const item of admin.stream(MachineService.WatchMachines, {})) {
        const change = must(item)
        if (change.synced === true) return resolve(change.revision)
      }
      return undefined
    })().catch(reject)
  })
  for (let value = 0; value < 20; value += 1) await label(value)
  const first = await read(synced, '7')
  const second = await read(first.last, '19')
  t.deepEqual(
    [...first.seen, ...second.seen],
    Array.from({ length: 20 }, (_, value) => `${value}`),
  )
  await fleet.kill('coordinator', 'SIGKILL')
  await fleet.startCoordinator()
  const across = await read(first.last, '19')
  t.deepEqual(across.seen.slice(0, second.seen.length), second.seen, 'nor across a start of the coordinator')
  const future = admin.stream(MachineService.WatchMachines, { after_revision: 1_000_000 })
  const refused = await future.next()
  t.is(refused.done === true || refused.value.ok ? '' : refused.value.error.kind, 'revision_future')
})

test('an agent that says nonsense loses its session, and nobody else does', async (t) => {
  const { agent, admin } = await open(t)
  await agent.write({ report: { state: 1, epoch: -1 } })
  t.regex(await agent.lost(), /report\.epoch/)
  t.true((await admin.call(services.MachineService.ListMachines, {})).ok)
})
