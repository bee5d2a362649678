import test from 'ava'
import { instant } from '../../../shared/model/time.ts'
import { CoreHarness, must, report, user } from '../../fixtures.ts'

const admin = { user: user('admin'), request: null }
const hardware = (serial: string) => ({ uuid: '', serial, macAddresses: ['02:00:00:00:00:01'] })

function enrol(core: CoreHarness, tokenHash: string, serial: string, publicKey = `key-${serial}`) {
  return core.apply({ kind: 'enrol_machine', tokenHash, publicKey, hardware: hardware(serial), hostname: serial })
}

test('a token is refused when unknown, expired, spent, revoked or made for another machine', (t) => {
  const core = new CoreHarness()
  const reasonOf = (hash: string): string => {
    const answer = enrol(core, hash, 'x')
    return answer.ok ? 'enrolled' : answer.error.kind
  }
  t.is(reasonOf('f'.repeat(64)), 'token_unknown')
  t.is(reasonOf(core.token({ expiresAt: instant(core.now) })), 'token_expired')
  t.is(reasonOf(core.token({ binding: { uuid: '', serial: 'other', macAddress: '' } })), 'token_bound_elsewhere')
  const once = core.token({ uses: 1 })
  t.true(enrol(core, once, 'a').ok)
  t.is(reasonOf(once), 'token_spent')
  const revoked = core.token()
  const id = [...core.state.table('tokens').values()].at(-1)?.record.id
  if (id === undefined) return t.fail()
  core.must({ kind: 'revoke_token', caller: admin, token: id })
  t.is(reasonOf(revoked), 'token_unknown')
})

test('the same key again is the same request: it spends nothing', (t) => {
  const core = new CoreHarness()
  const token = core.token({ uses: 1 })
  const first = must(enrol(core, token, 'a'))
  t.deepEqual(must(enrol(core, token, 'a')), first)
  t.is(core.state.table('machines').size, 1)
})

test('known hardware that is silent is the same machine with a new identity, waiting for approval', (t) => {
  const core = new CoreHarness()
  const machine = core.available('a')
  core.must({ kind: 'agent_disconnected', machine })
  const again = must(enrol(core, core.token(), 'a', 'another key'))
  t.is(again.machine, machine)
  t.is(again.generation, 2)
  t.is(core.machine(machine).state, 'pending', 'a token for anybody does not approve known hardware')
  const old = core.connect(machine, { generation: 1 })
  t.false(old.ok, 'the old identity is void')
})

test('a token made for this very hardware approves it when it comes again', (t) => {
  const core = new CoreHarness()
  const machine = core.available('a')
  core.must({ kind: 'agent_disconnected', machine })
  const bound = core.token({ binding: { uuid: '', serial: 'a', macAddress: '' } })
  must(enrol(core, bound, 'a', 'another key'))
  t.is(core.machine(machine).state, 'validating')
})

test('a token is for the same hardware however its identifiers are spelt', (t) => {
  const core = new CoreHarness()
  const present = { uuid: '4c4c4544-0031-3510-8052-b4c04f4e3132', serial: 'ABC1', macAddresses: ['02:00:5e:10:00:01'] }
  const enrolled = (binding: object): boolean => {
    const tokenHash = core.token({ binding: { uuid: '', serial: '', macAddress: '', ...binding } })
    return core.apply({ kind: 'enrol_machine', tokenHash, publicKey: 'k', hardware: present, hostname: 'a' }).ok
  }
  t.false(enrolled({ uuid: '4c4c4544-0031-3510-8052-b4c04f4e3133' }))
  t.false(enrolled({ serial: 'abc2' }))
  t.false(enrolled({ serial: 'abc1', macAddress: '02:00:5e:10:00:02' }))
  t.is(core.state.table('machines').size, 0)
  t.true(enrolled({ uuid: '44454c4c-3100-1035-8052-b4c04f4e3132', serial: 'abc1', macAddress: '02:00:5e:10:00:01' }))
})

test('hardware that is connected, or that a tenant holds, is refused: two machines never share an identity', (t) => {
  const core = new CoreHarness()
  const machine = core.available('a')
  const clone = enrol(core, core.token(), 'a', 'another key')
  t.is(clone.ok ? '' : clone.error.kind, 'hardware_connected')
  const told = [...core.state.table('events').values()].filter(({ record }) => record.reason === 'ENROLMENT_REFUSED')
  t.deepEqual(
    told.map(({ record }) => record.machine),
    [machine],
    'and operators are told, though nothing else of it is kept',
  )
  core.submit('red')
  core.place()
  core.must({ kind: 'agent_disconnected', machine })
  const held = enrol(core, core.token(), 'a', 'another key')
  t.is(held.ok ? '' : held.error.kind, 'machine_held')
})

test('a retired machine’s hardware comes back as a new machine', (t) => {
  const core = new CoreHarness()
  const machine = core.available('a')
  core.must({ kind: 'retire_machine', caller: admin, machine, force: false })
  t.true(core.effects.some((effect) => effect.kind === 'end_session' && effect.machine === machine))
  t.not(must(enrol(core, core.token(), 'a', 'another key')).machine, machine)
})

test('a machine that a tenant holds is retired only by force, and what it ran is lost', (t) => {
  const core = new CoreHarness()
  const machine = core.available('a')
  const workload = core.submit('red')
  core.place()
  core.says(machine, { state: 'running', startedAt: core.now })
  t.false(core.apply({ kind: 'retire_machine', caller: admin, machine, force: false }).ok)
  core.must({ kind: 'retire_machine', caller: admin, machine, force: true })
  t.is(core.workload(workload).state, 'failed')
  t.regex(core.workload(workload).stateReason, /declared dead/)
  t.false(core.connect(machine, { report: report() }).ok)
})

test('two machines that use one identity in turn are held back; a reboot is no second machine', (t) => {
  const core = new CoreHarness()
  const machine = core.available('a')
  for (const bootId of ['boot', 'second', 'third']) {
    core.must({ kind: 'agent_disconnected', machine })
    core.connect(machine, { bootId })
    t.is(core.machine(machine).state, 'available')
  }
  core.connect(machine, { bootId: 'second' })
  t.is(core.machine(machine).state, 'quarantined')
  t.regex(core.machine(machine).stateReason, /two machines use this identity/)
  t.regex(core.machine(machine).cordon?.reason ?? '', /was a disk copied/)
})

test("a tenant's work on an identity that is shared goes on, and nobody comes after it", (t) => {
  const core = new CoreHarness()
  const machine = core.available('a')
  core.connect(machine, { bootId: 'second' })
  const first = core.submit('red')
  core.place()
  core.says(machine, { state: 'running', startedAt: core.now })
  const said = { state: 'running', startedAt: core.now, placement: core.machine(machine).placement } as const
  core.connect(machine, { bootId: 'boot', report: report({ epoch: core.machine(machine).epoch, ...said }) })
  t.is(core.workload(first).state, 'running')
  core.exits(machine)
  core.submit('blue')
  core.place()
  t.is(core.machine(machine).placement, null)
  t.not(core.machine(machine).cordon, null)
})
