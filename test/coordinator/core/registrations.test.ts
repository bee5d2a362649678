import test from 'ava'
import type { HardwareClaim } from '../../../coordinator/core/enrolment_records.ts'
import { hardwareClass } from '../../../coordinator/core/hardware_class.ts'
import type { InputOf } from '../../../coordinator/core/inputs.ts'
import { type MachineId, parseRegistrationName } from '../../../shared/model/ids.ts'
import { REGISTRATION_BOUNDS } from '../../../shared/model/registration.ts'
import { instant } from '../../../shared/model/time.ts'
import { CoreHarness, inventory, must, passed, request, user } from '../../fixtures.ts'

const admin = { user: user('admin'), request: null }
const named = (text: string) => must(parseRegistrationName(text))

const A: HardwareClaim = { uuid: 'uuid-a', serial: 'S-A', macAddresses: ['02:00:00:00:00:0a'] }
const B: HardwareClaim = { uuid: 'uuid-b', serial: 'S-B', macAddresses: ['02:00:00:00:00:0b'] }

type Asked = Partial<InputOf<'register_machines'>['registrations'][number]>

const asked = (name: string, hardware: HardwareClaim, more: Asked = {}) => ({
  name: named(name),
  hardware,
  labels: {},
  hardwareClass: '',
  ...more,
})

type Registering = InputOf<'register_machines'>
const registering = (...registrations: Registering['registrations']): Registering => ({
  kind: 'register_machines',
  caller: admin,
  digest: JSON.stringify(registrations),
  registrations,
})

function register(core: CoreHarness, name: string, hardware: HardwareClaim, more: Asked = {}) {
  return core.apply(registering(asked(name, hardware, more)))
}

const tokenFor = (core: CoreHarness, name: string): string => core.token({ registration: named(name), uses: 1 })

function enrol(core: CoreHarness, tokenHash: string, hardware: HardwareClaim, publicKey = 'key') {
  return core.apply({ kind: 'enrol_machine', tokenHash, publicKey, hardware, hostname: 'localhost' })
}

const kindOf = (answer: ReturnType<typeof enrol>): string => (answer.ok ? 'enrolled' : answer.error.kind)
const registration = (core: CoreHarness, name: string) => core.state.find('registrations', name)
const eventsOf = (core: CoreHarness, reason: string): readonly string[] =>
  [...core.state.table('events').values()].flatMap(({ record }) => (record.reason === reason ? record.message : []))

/** The state, and whether it was given what was registered as a. */
function standing(core: CoreHarness, machine: MachineId) {
  const { state, stateReason, labels, hostname, registered } = core.machine(machine)
  return { state, stateReason, labels, hostname, name: registered?.name ?? null }
}

test('a token for a registration enrols that hardware once, by its name and labels, and approves it', (t) => {
  const core = new CoreHarness()
  must(register(core, 'rack7-01', A, { labels: { rack: '7' } }))
  const token = tokenFor(core, 'rack7-01')
  const first = must(enrol(core, token, { ...A, macAddresses: ['02:00:00:00:00:ff', ...A.macAddresses] }))
  const { stateReason, ...given } = standing(core, first.machine)
  t.regex(stateReason, /^approved by its join token/)
  t.deepEqual(given, { state: 'validating', labels: { rack: '7' }, hostname: 'rack7-01', name: named('rack7-01') })
  t.like(registration(core, 'rack7-01'), { machine: first.machine, enrolledAt: core.now })
  t.deepEqual(must(enrol(core, token, A)), first, 'the same key again is the same request')
  t.is(kindOf(enrol(core, token, A, 'another key')), 'token_spent')
  t.is(kindOf(enrol(core, token, B, 'another key')), 'token_spent')
  must(core.connect(first.machine))
  t.is(core.machine(first.machine).hostname, 'rack7-01', 'whatever it calls itself')
})

test('another machine is refused, told to operators in numbers that are bounded, and burns nothing', (t) => {
  const core = new CoreHarness()
  must(register(core, 'rack7-01', A))
  const token = tokenFor(core, 'rack7-01')
  const refused = enrol(core, token, { ...A, serial: 'S-X' }, 'k1')
  t.is(kindOf(refused), 'token_bound_elsewhere')
  t.false(JSON.stringify(refused).includes('S-A'), 'nobody finds the right ones by trying')
  for (let count = 0; count < 20; count += 1) t.is(kindOf(enrol(core, token, B, `k${count}`)), 'token_bound_elsewhere')
  const told = eventsOf(core, 'ENROLMENT_REFUSED')
  t.is(told.length, 1)
  t.regex(
    told[0] ?? '',
    /\(UUID uuid-a, serial number S-X, .*\): it is for rack7-01, registered with serial number S-A/,
  )
  core.now = instant(core.now + 60_000)
  enrol(core, token, B, 'k')
  t.is(eventsOf(core, 'ENROLMENT_REFUSED').length, 2)
  t.is(kindOf(enrol(core, token, A)), 'enrolled')
  core.now = instant(core.now + 60_000)
  enrol(core, token, A, 'the one who came too late')
  t.regex(eventsOf(core, 'ENROLMENT_REFUSED')[2] ?? '', /was used, and is presented again/)
})

test('with a token for anybody, what was registered is given, and approval is the token’s', (t) => {
  const core = new CoreHarness()
  must(register(core, 'a', A, { labels: { rack: '7' } }))
  must(register(core, 'b', B, { labels: { rack: '8' } }))
  const waits = must(enrol(core, core.token({ autoApprove: false }), A, 'ka')).machine
  t.like(standing(core, waits), {
    state: 'pending',
    stateReason: 'waits for approval',
    labels: { rack: '7' },
    hostname: 'a',
  })
  const goes = must(enrol(core, core.token(), B, 'kb')).machine
  t.like(standing(core, goes), { state: 'validating', labels: { rack: '8' }, hostname: 'b' })
  const unknown = { uuid: 'uuid-c', serial: '', macAddresses: [] }
  t.like(standing(core, must(enrol(core, core.token(), unknown, 'kc')).machine), { state: 'validating', labels: {} })
})

test('hardware of two registrations, or only in part that of one, gets nothing and waits, and is told why', (t) => {
  const doubts: readonly (readonly [HardwareClaim, RegExp])[] = [
    [
      { ...A, serial: B.serial },
      /serial number S-B is registered for b, and its|UUID uuid-a is registered for a, and its/,
    ],
    [{ ...A, serial: 'S-X' }, /its UUID uuid-a is registered for a, whose serial number S-A it has not: it has S-X$/],
    [{ ...A, serial: '' }, /whose serial number S-A it has not: it reports none$/],
    [{ ...A, macAddresses: ['02:00:00:00:00:01'] }, /whose address 02:00:00:00:00:0a it has not/],
    [{ ...A, macAddresses: [...A.macAddresses, ...B.macAddresses] }, /one machine cannot be both$/],
  ]
  for (const [hardware, reason] of doubts) {
    const core = new CoreHarness()
    must(core.apply(registering(asked('a', A, { labels: { rack: '7' } }), asked('b', B, { labels: { rack: '8' } }))))
    const machine = must(enrol(core, core.token(), hardware)).machine
    t.like(standing(core, machine), { state: 'pending', labels: {}, hostname: 'localhost', name: null })
    t.regex(core.machine(machine).stateReason, reason)
    t.is(eventsOf(core, 'REGISTRATION_DOUBTFUL').length, 1)
    t.is(registration(core, 'a')?.machine ?? registration(core, 'b')?.machine, null)
    core.must({ kind: 'approve_machine', caller: admin, machine })
  }
})

test('a machine that is not of the class that was registered is not offered until somebody says so', (t) => {
  const core = new CoreHarness()
  must(register(core, 'a', A, { hardwareClass: 'x64-1t-1g-8x-h100-80g' }))
  const { machine } = must(enrol(core, tokenFor(core, 'a'), A))
  must(core.connect(machine))
  const validate = () => core.says(machine, { validation: passed(core.machine(machine).validation) })
  validate()
  t.is(core.machine(machine).state, 'quarantined')
  const { hardwareClass: found } = core.machine(machine)
  const expected = `registered as a of class x64-1t-1g-8x-h100-80g, and its inventory is of class ${found}`
  t.true(core.machine(machine).stateReason.startsWith(expected), core.machine(machine).stateReason)
  core.must({ kind: 'revalidate_machine', caller: admin, machine })
  validate()
  t.is(core.machine(machine).state, 'quarantined', 'nothing has changed')
  core.must({ kind: 'accept_hardware', caller: admin, machine })
  core.must({ kind: 'revalidate_machine', caller: admin, machine })
  validate()
  t.is(core.machine(machine).state, 'available')
})

test('the class is looked at until the machine was of it: what it loses later is for the rules of health', (t) => {
  const core = new CoreHarness()
  must(register(core, 'a', A, { hardwareClass: hardwareClass(inventory(), null) }))
  const { machine } = must(enrol(core, tokenFor(core, 'a'), A))
  must(core.connect(machine))
  core.says(machine, { validation: passed(core.machine(machine).validation) })
  t.is(core.machine(machine).state, 'available')
  const less = inventory({ memoryBytes: 2 ** 36 })
  core.must({ kind: 'agent_inventory', machine, inventory: less, inventoryDigest: 'd' })
  t.not(core.machine(machine).hardwareClass, hardwareClass(inventory(), null))
  core.must({ kind: 'revalidate_machine', caller: admin, machine })
  core.says(machine, { validation: passed(core.machine(machine).validation) })
  t.is(core.machine(machine).state, 'available')
})

test('what another registration or machine has is refused by field, and nothing of the request is kept', (t) => {
  const core = new CoreHarness()
  must(register(core, 'a', A))
  const other = core.available('S-M')
  const refused = (...registrations: Registering['registrations']): string => {
    const answer = core.apply(registering(...registrations))
    return answer.ok ? 'accepted' : `${answer.error.kind} ${answer.error.message}`
  }
  const c = (hardware: Partial<HardwareClaim>) => asked('c', { uuid: '', serial: '', macAddresses: [], ...hardware })
  const at = (field: string) => `registration_conflict registrations[1].${field}: `
  t.is(refused(asked('b', B), asked('a', B)), `${at('name')}registration a is called a already.`)
  t.is(refused(asked('b', B), asked('b', B)), `${at('name')}registration b is called b already.`)
  t.is(refused(asked('b', B), asked('s-m', A)), `${at('name')}machine ${other} is called s-m already.`)
  t.is(
    refused(asked('b', B), c({ uuid: 'uuid-a' })),
    `${at('hardware.uuid')}UUID uuid-a is that of registration a already.`,
  )
  t.regex(refused(asked('b', B), c({ serial: 's-b' })), /hardware\.serial: serial number s-b is that of registration b/)
  t.regex(refused(asked('b', B), c({ serial: 's-m' })), new RegExp(`s-m is that of machine S-M \\(${other}\\) already`))
  t.regex(
    refused(asked('b', B), c({ macAddresses: ['02:00:00:00:00:01', A.macAddresses[0] ?? ''] })),
    /hardware\.mac_addresses\[1\]: address 02:00:00:00:00:0a is that of registration a/,
  )
  t.regex(refused(asked('b', B, { labels: { '-': '' } })), /registrations\[0\]\.labels\["-"\]: expected keys of/)
  t.is(registration(core, 'b'), undefined)
  t.is(core.state.table('registrations').size, 1)
  core.must({ kind: 'retire_machine', caller: admin, machine: other, force: false })
  t.is(refused(asked('b', B), c({ serial: 's-m' })), 'accepted', 'a retired machine holds nothing')
})

test('a request is carried out once; a registration that is deleted takes its tokens along', (t) => {
  const core = new CoreHarness()
  const again = { ...registering(asked('a', A)), caller: { ...admin, request: request('r1') } }
  t.deepEqual(core.must(again), core.must(again))
  const token = tokenFor(core, 'a')
  const newer = tokenFor(core, 'a')
  t.is(kindOf(enrol(core, token, A)), 'token_unknown', 'one at a time')
  const removal = {
    kind: 'delete_registration',
    caller: { ...admin, request: request('r2') },
    registration: named('a'),
  } as const
  t.is(core.must(removal)?.record.name, named('a'))
  t.is(core.must(removal), null)
  t.is(kindOf(enrol(core, newer, A)), 'token_unknown')
  const gone = core.apply({ ...removal, caller: admin })
  t.is(gone.ok ? '' : gone.error.kind, 'registration_not_found')
  const none = core.apply(again)
  t.is(none.ok ? '' : none.error.kind, 'registration_not_found')
})

test('a machine that was there before is not what was registered since; a retired one leaves its registration', (t) => {
  const core = new CoreHarness()
  must(register(core, 'a', A, { labels: { rack: '7' } }))
  const first = must(enrol(core, tokenFor(core, 'a'), A)).machine
  core.must({ kind: 'label_machine', caller: admin, machine: first, set: { rack: '9' }, remove: [] })
  const again = must(enrol(core, tokenFor(core, 'a'), A, 'a new disk'))
  t.is(again.machine, first)
  t.like(standing(core, first), { state: 'validating', hostname: 'a', labels: { rack: '9' } })
  core.must({ kind: 'retire_machine', caller: admin, machine: first, force: false })
  t.like(registration(core, 'a'), { machine: null, enrolledAt: null })
  const second = must(enrol(core, tokenFor(core, 'a'), A, 'yet another')).machine
  t.not(second, first)
  t.like(standing(core, second), { hostname: 'a', labels: { rack: '7' } })
  const known = must(enrol(core, core.token(), { ...B, macAddresses: [] }, 'kb')).machine
  must(register(core, 'c', { uuid: '', serial: '', macAddresses: B.macAddresses }))
  must(enrol(core, core.token(), B, 'kb2'))
  t.like(standing(core, known), { state: 'pending', name: null })
  t.regex(core.machine(known).stateReason, /it was localhost \(mch-\w+\) before its address .* was registered for c$/)
})

test('there are so many registrations and no more', (t) => {
  const core = new CoreHarness()
  const many = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) =>
      asked(`m${from + index}`, { uuid: '', serial: `serial-${from + index}`, macAddresses: [] }),
    )
  core.must(registering(...many(0, REGISTRATION_BOUNDS.most)))
  const answer = core.apply(registering(...many(REGISTRATION_BOUNDS.most, 1)))
  t.is(answer.ok ? '' : answer.error.kind, 'registration_conflict')
})

test('a UUID is known in either order of its bytes, and by nothing else', (t) => {
  const asSystem = '4c4c4544-0042-3510-8054-b9c04f564432'
  const asFirmware = '44454c4c-4200-1035-8054-b9c04f564432'
  const byUuid = (uuid: string): HardwareClaim => ({ uuid, serial: '', macAddresses: [] })
  for (const [registered, reported] of [
    [asSystem, asFirmware],
    [asFirmware, asSystem],
    [asSystem, asSystem],
  ] as const) {
    const core = new CoreHarness()
    must(register(core, 'a', byUuid(registered)))
    const twin = register(core, 'b', byUuid(reported))
    t.is(twin.ok ? '' : twin.error.kind, 'registration_conflict')
    t.is(core.machine(must(enrol(core, tokenFor(core, 'a'), byUuid(reported))).machine).hostname, 'a')
  }
  const core = new CoreHarness()
  must(register(core, 'a', byUuid(asSystem)))
  const other = asFirmware.replace(/2$/, '3')
  t.is(kindOf(enrol(core, tokenFor(core, 'a'), byUuid(other))), 'token_bound_elsewhere')
})
