import test from 'ava'
import { decodeEntry } from '../../../coordinator/store/records.ts'
import { encodeWrite } from '../../../coordinator/store/encoder.ts'
import type { CheckRecord } from '../../../coordinator/core/check_record.ts'
import { NEVER_CHECKED, NO_CHECKS, shippedChecks } from '../../../shared/model/check.ts'
import { parseMachineId, revision } from '../../../shared/model/ids.ts'
import { hours, instant } from '../../../shared/model/time.ts'
import { CoreHarness, TERM_BEGAN, must } from '../../fixtures.ts'

const at = instant(1_700_000_000_000)
const record: CheckRecord = {
  machine: must(parseMachineId('mch-0123456789abcdef')),
  check: 'disk-write',
  measure: 'SAMSUNG-MZ',
  device: 'nvme0n1',
  group: 'x64-128t-1024g/Maker/Server/CPU',
  first: [1e9, 1.1e9],
  points: [
    { at, outcome: { kind: 'measured', value: 1e9, unit: 'B/s' } },
    { at, outcome: { kind: 'passed' } },
    { at, outcome: { kind: 'failed', reason: 'why' } },
    { at, outcome: { kind: 'skipped', reason: 'why' } },
  ],
  accepted: null,
}

const key = `${record.machine}/disk-write/SAMSUNG-MZ/nvme0n1`
const read = (value: string) => decodeEntry({ key: `checks/${key}`, value, revision: revision(1) })
const write = (one: object): string => `{"v":1,"record":${JSON.stringify(one)}}`

test('what checks found is read as it was written', (t) => {
  const { value } = encodeWrite({ table: 'checks', key, record })
  t.deepEqual(read(value ?? ''), { ok: true, value: { table: 'checks', key, record } })
})

test('a damaged series is refused by what is wrong with it', (t) => {
  for (const [damage, expected] of [
    [{ machine: 'x' }, /machine: must be "mch-"/],
    [{ device: 'a/b' }, /device: expected letters/],
    [{ first: ['x'] }, /first\.0/],
    [{ points: [{ at, outcome: { kind: 'guessed' } }] }, /points\.0\.outcome\.kind/],
    [{ points: [{ at: -1, outcome: { kind: 'passed' } }] }, /points\.0\.at/],
    [{ accepted: 'much' }, /accepted/],
  ] as const) {
    const refused = read(write({ ...record, ...damage }))
    t.regex(refused.ok ? 'accepted' : refused.error, expected)
  }
})

test('a fleet that was written before there were checks has none, and its machines were never measured', (t) => {
  const core = new CoreHarness()
  const machine = core.available('a')
  const { checks: _, ...older } = core.machine(machine)
  const entry = { key: `machines/${machine}`, value: write(older), revision: revision(1) }
  const decoded = must(decodeEntry(entry))
  t.deepEqual(decoded.table === 'machines' ? decoded.record?.checks : null, NEVER_CHECKED)

  core.must({ ...TERM_BEGAN, checks: { plan: shippedChecks, interval: hours(1) } })
  const { checks, ...cluster } = core.state.cluster()
  const before = must(decodeEntry({ key: 'cluster/cluster', value: write(cluster), revision: revision(1) }))
  t.deepEqual(before.table === 'cluster' ? before.record?.checks : null, NO_CHECKS)
  const now = must(decodeEntry({ key: 'cluster/cluster', value: write({ ...cluster, checks }), revision: revision(1) }))
  t.deepEqual(now.table === 'cluster' ? now.record?.checks : null, checks)
})
