import test from 'ava'
import type { StateWrite } from '../../../coordinator/core/state.ts'
import { encodeWrite } from '../../../coordinator/store/encoder.ts'
import { decodeEntry } from '../../../coordinator/store/records.ts'
import { parseRegistrationName, revision } from '../../../shared/model/ids.ts'
import { CoreHarness, must, user } from '../../fixtures.ts'

const caller = { user: user('admin'), request: null }
const name = must(parseRegistrationName('rack7-01'))

/** A registration, the token for it, and the machine that came, as they are written. */
function written(): readonly StateWrite[] {
  const core = new CoreHarness()
  const hardware = { uuid: '', serial: 'S1', macAddresses: ['02:00:00:00:00:01'] }
  const registrations = [{ name, hardware, labels: { rack: '7' }, hardwareClass: 'large' }]
  core.must({ kind: 'register_machines', caller, digest: '', registrations })
  const tokenHash = core.token({ registration: name, uses: 1 })
  const claim = { tokenHash, publicKey: 'key', hostname: 'h' }
  core.apply({ kind: 'enrol_machine', ...claim, hardware: { ...hardware, serial: 'S2' } })
  const { machine } = core.must({ kind: 'enrol_machine', ...claim, hardware })
  const registration = core.state.find('registrations', name)
  const [token] = [...core.state.table('tokens').values()].map(({ record }) => record)
  if (registration === undefined || token === undefined) throw new Error('nothing was written')
  return [
    { table: 'registrations', key: name, record: registration },
    { table: 'tokens', key: token.id, record: token },
    { table: 'machines', key: machine, record: core.machine(machine) },
  ]
}

/** What is read of records in whose text this was changed. */
function read(change: (text: string) => string) {
  return written().map((write) => {
    const { key, value } = encodeWrite(write)
    return decodeEntry({ key, value: change(value ?? ''), revision: revision(1) })
  })
}

test('what is registered, and who came, is read as it was written', (t) => {
  const [registration, token, machine] = read((text) => text).map((one) => must(one).record)
  t.like(registration, { name, labels: { rack: '7' }, hardwareClass: 'large', hardware: { serial: 'S1' } })
  t.like(token, { registration: name, usesLeft: 0, autoApprove: true })
  t.like(machine, { registered: { name, expectedClass: 'large' }, hostname: name })
})

test('tokens and machines of before are for no registration', (t) => {
  const [, token, machine] = read((text) =>
    text
      .replace(/,"registration":"[^"]*"/, '')
      .replace(/,"refusedAt":\w+/, '')
      .replace(/,"registered":\{[^}]*\}/, ''),
  ).map((one) => must(one).record)
  t.like(token, { registration: null, refusedAt: null })
  t.like(machine, { registered: null })
})

test('what is no registration is refused with its place', (t) => {
  const refusal = (from: RegExp, to: string): string => {
    const wrong = read((text) => text.replace(from, to)).find((one) => !one.ok)
    return wrong === undefined || wrong.ok ? 'read' : wrong.error
  }
  t.regex(refusal(/"name":"rack7-01","hardware"/, '"name":"Rack 7","hardware"'), /^registrations\/rack7-01: name: /)
  t.regex(
    refusal(/"hardware":\{.*?\},"labels"/, '"hardware":{"uuid":"","serial":"","macAddresses":[]},"labels"'),
    /: hardware: /,
  )
  t.regex(refusal(/"machine":"mch-/, '"machine":"m-'), /^registrations\/rack7-01: machine: /)
  t.regex(refusal(/"registration":"rack7-01"/, '"registration":"-"'), /^tokens\/tok-\w+: registration: /)
  t.regex(refusal(/"expectedClass":"large"/, '"expectedClass":1'), /^machines\/mch-\w+: registered\.expectedClass: /)
})
