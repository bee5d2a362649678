import test from 'ava'
import * as fc from 'fast-check'
import type { HardwareClaim, RegistrationRecord, TokenRecord } from '../../../coordinator/core/enrolment_records.ts'
import { FleetState } from '../../../coordinator/core/state.ts'
import { encodeWrite } from '../../../coordinator/store/encoder.ts'
import { decodeEntry } from '../../../coordinator/store/records.ts'
import { parseRegistrationName, revision } from '../../../shared/model/ids.ts'
import { instant } from '../../../shared/model/time.ts'
import { CoreHarness, must, user } from '../../fixtures.ts'

const admin = { user: user('admin'), request: null }
const KINDS = ['uuid', 'serial'] as const
const few = (letter: string, count: number) =>
  fc.constantFrom('', ...Array.from({ length: count }, (_, n) => letter + n))
const hardware: fc.Arbitrary<HardwareClaim> = fc
  .record({
    uuid: few('u', 3),
    serial: few('s', 3),
    macAddresses: fc.uniqueArray(fc.constantFrom('m0', 'm1', 'm2', 'm3'), { maxLength: 3 }),
  })
  .filter(({ uuid, serial, macAddresses }) => uuid !== '' || serial !== '' || macAddresses.length > 0)
const name = fc.constantFrom('a', 'b', 'c', 'd').map((text) => must(parseRegistrationName(text)))
const nth = fc.nat({ max: 30 })

const anyStep = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('register' as const), name, hardware }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const), name }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('token' as const), for: fc.option(name), auto: fc.boolean() }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('enrol' as const),
      token: nth,
      hardware,
      isFitting: fc.boolean(),
      key: nth,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('retire' as const), machine: nth }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('connect' as const), machine: nth }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), for: fc.nat({ max: 2_000_000 }) }) },
)
type Step = typeof anyStep extends fc.Arbitrary<infer Value> ? Value : never
type Enrol = Extract<Step, { readonly kind: 'enrol' }>

const sharesAny = (one: HardwareClaim, other: HardwareClaim): boolean =>
  KINDS.some((kind) => one[kind] !== '' && one[kind] === other[kind]) ||
  one.macAddresses.some((address) => other.macAddresses.includes(address))

const hasAll = (claim: HardwareClaim, wanted: HardwareClaim): boolean =>
  KINDS.every((kind) => wanted[kind] === '' || wanted[kind] === claim[kind]) &&
  wanted.macAddresses.every((address) => claim.macAddresses.includes(address))

const assert = (holds: boolean, law: string): void => {
  if (!holds) throw new Error(law)
}

/** A fleet whose machines come and go at random. The harness checks the invariants after every step. */
class Life {
  readonly #core = new CoreHarness()
  readonly #tokens: string[] = [this.#core.token()]
  readonly counts = { taken: 0, doubtful: 0, bound: 0 }

  step(step: Step): void {
    const core = this.#core
    const machines = [...core.state.table('machines').values()].map(({ record }) => record.id)
    switch (step.kind) {
      case 'register': {
        const asked = { name: step.name, hardware: step.hardware, labels: { name: step.name }, hardwareClass: '' }
        core.apply({ kind: 'register_machines', caller: admin, digest: '', registrations: [asked] })
        return
      }
      case 'forget':
        core.apply({ kind: 'delete_registration', caller: admin, registration: step.name })
        return
      case 'token':
        if (step.for === null) this.#tokens.push(core.token({ autoApprove: step.auto }))
        else if (core.state.find('registrations', step.for) !== undefined) {
          this.#tokens.push(core.token({ registration: step.for, uses: 1 }))
        }
        return
      case 'enrol':
        return this.#enrol(step)
      case 'retire': {
        const machine = machines[step.machine % Math.max(1, machines.length)]
        if (machine !== undefined) core.apply({ kind: 'retire_machine', caller: admin, machine, force: true })
        return
      }
      case 'connect': {
        const machine = machines[step.machine % Math.max(1, machines.length)]
        if (machine !== undefined) core.connect(machine)
        return
      }
      case 'wait':
        core.now = instant(core.now + step.for)
        return
    }
  }

  /** What is read from a store finds the same. */
  reload(): void {
    const state = new FleetState()
    for (const table of ['registrations', 'tokens'] as const) {
      for (const { record } of this.#core.state.table(table).values()) {
        const key = 'hash' in record ? record.id : record.name
        const write =
          'hash' in record
            ? ({ table: 'tokens', key, record } as const)
            : ({ table: 'registrations', key, record } as const)
        const { value } = encodeWrite(write)
        state.load(
          must(decodeEntry({ key: `${table}/${key}`, value: value ?? '', revision: revision(1) })),
          revision(1),
        )
      }
    }
    for (const { name: own, hardware: wanted } of this.#registrations()) {
      assert(
        state.registrationsOf(wanted).some((one) => one.name === own),
        'a registration is found by its hardware',
      )
      const [now, then] = [this.#core.state.tokensFor(own), state.tokensFor(own)].map((all) =>
        [...all].map(({ id }) => id),
      )
      assert(JSON.stringify(now?.toSorted()) === JSON.stringify(then?.toSorted()), 'with the same tokens')
    }
    for (const hash of this.#tokens) assert(state.tokenOf(hash)?.hash === hash, 'a token is found by its secret')
  }

  #token(hash: string): TokenRecord {
    const found = [...this.#core.state.table('tokens').values()].find(({ record }) => record.hash === hash)
    if (found === undefined) throw new Error('no such token')
    return found.record
  }

  #registrations(): readonly RegistrationRecord[] {
    return [...this.#core.state.table('registrations').values()].map(({ record }) => record)
  }

  #enrol({ token: which, hardware: drawn, isFitting, key }: Enrol): void {
    const core = this.#core
    const tokenHash = this.#tokens[which % this.#tokens.length] ?? ''
    const [token, registrations] = [this.#token(tokenHash), this.#registrations()]
    // Half of them come with what their token is for, or with what somebody registered.
    const fitting = registrations.find((one) => one.name === token.registration) ?? registrations[which % 7]
    const claim = isFitting && fitting !== undefined ? fitting.hardware : drawn
    const input = { kind: 'enrol_machine', tokenHash, publicKey: `key-${key}`, hardware: claim, hostname: 'h' } as const
    const answer = core.apply(input)
    const used = this.#token(tokenHash).usesMade - token.usesMade
    const after = this.#registrations()
    if (!answer.ok || used === 0) {
      assert(used === 0, 'a refusal spends nothing')
      return assert(JSON.stringify(after) === JSON.stringify(registrations), 'a refusal takes nothing')
    }
    const machine = core.machine(answer.value.machine)
    const touched = registrations.filter((one) => sharesAny(one.hardware, claim))
    for (const one of after) {
      if (registrations.find((before) => before.name === one.name)?.machine === one.machine) continue
      this.counts.taken += 1
      assert(one.machine === machine.id, 'who enrols takes it')
      assert(hasAll(claim, one.hardware), 'nobody takes a registration of other hardware')
      assert(touched.length === 1, 'nobody takes a registration who has something of another')
      assert(machine.labels['name'] === one.name && machine.hostname === one.name, 'its name and labels are given')
    }
    const isDoubtful = touched.length > 1 || touched.some((one) => !hasAll(claim, one.hardware))
    if (isDoubtful) {
      this.counts.doubtful += 1
      assert(machine.state === 'pending', 'what is in doubt waits')
    }
    if (token.registration === null) return
    this.counts.bound += 1
    assert(token.usesMade === 0, 'a token for one machine is used once')
    assert(!isDoubtful && touched[0]?.name === token.registration, 'by what it is for')
    assert(machine.registered?.name === token.registration, 'and what it is for is what comes')
    assert(machine.state === 'validating', 'which is approved')
  }
}

test('whatever comes, nobody takes a registration of other hardware, and a token for one machine is used once', (t) => {
  const counts = { taken: 0, doubtful: 0, bound: 0 }
  fc.assert(
    fc.property(fc.array(anyStep, { minLength: 20, maxLength: 60 }), (steps) => {
      const life = new Life()
      for (const step of steps) life.step(step)
      life.reload()
      counts.taken += life.counts.taken
      counts.doubtful += life.counts.doubtful
      counts.bound += life.counts.bound
    }),
    { numRuns: 300 },
  )
  t.true(counts.taken > 50 && counts.doubtful > 100 && counts.bound > 15, JSON.stringify(counts))
  t.log(JSON.stringify(counts))
})
