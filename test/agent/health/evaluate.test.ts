import test from 'ava'
import * as fc from 'fast-check'
import type { HealthRule } from '../../../shared/model/health.ts'
import { faultOf, rule as ruleOf } from '../../../shared/model/health_rules/rule.ts'
import { rulesWith, shippedRules } from '../../../shared/model/health_rules/shipped.ts'
import { hours, minutes, seconds } from '../../../shared/model/time.ts'
import { Patient, type Row, at } from './fixture.ts'

const disk = (used: number, inodes = 0.1): readonly Row[] => [
  ['node_filesystem_avail_bytes', { mountpoint: '/state' }, 1000 * (1 - used)],
  ['node_filesystem_size_bytes', { mountpoint: '/state' }, 1000],
  ['node_filesystem_files_free', { mountpoint: '/state' }, 1000 * (1 - inodes)],
  ['node_filesystem_files', { mountpoint: '/state' }, 1000],
]
const memory = (available: number): readonly Row[] => [
  ['node_memory_MemAvailable_bytes', {}, available],
  ['node_memory_MemTotal_bytes', {}, 1000],
]
const gpus = (...temperatures: readonly number[]): readonly Row[] =>
  temperatures.map((celsius, index): Row => ['DCGM_FI_DEV_GPU_TEMP', { UUID: `GPU-${index}` }, celsius])

/** A rule on a metric of devices. */
const hot = (changes: Partial<HealthRule> = {}): HealthRule =>
  ruleOf({
    id: 'hot',
    metric: 'celsius',
    raiseAt: 90,
    clearAt: 80,
    severity: 'warning',
    action: 'note',
    sentence: '{device} has {value} degrees',
    source: 'a test',
    ...changes,
  })
const degrees = (...of: readonly number[]): readonly Row[] =>
  of.map((value, index): Row => ['celsius', { part: `p${index}` }, value])

test('a healthy machine has no finding', (t) => {
  t.deepEqual(new Patient().look(0, [...disk(0.1), ...memory(900), ...gpus(40, 41)], { gpusExpected: 2 }), [])
})

test('each fault has a finding of its own, with a sentence, evidence, and what is done about it', (t) => {
  const cases = [
    {
      rows: disk(0.91),
      id: 'filesystem-nearly-full',
      reason: /^9 % of the room is left on mountpoint \/state$/,
      action: 'note',
    },
    { rows: disk(0.1, 0.95), id: 'filesystem-inodes-nearly-used', reason: /inodes/, action: 'note' },
    { own: { writeFailure: 'ENOSPC' }, id: 'state-not-writable', reason: /directory: ENOSPC$/, action: 'cordon' },
    { own: { isRoot: false }, id: 'agent-not-root', reason: /as root/, action: 'note' },
    { own: { cgroupFailure: 'it is not mounted' }, id: 'cgroup-not-writable', reason: /not mounted/, action: 'note' },
  ] as const
  for (const one of cases) {
    const patient = new Patient()
    t.deepEqual(patient.look(0, 'rows' in one ? one.rows : [], 'own' in one ? one.own : {}), [one.id])
    const [condition] = patient.conditions
    t.regex(condition?.reason ?? '', one.reason)
    t.is(condition?.action, one.action)
    t.is(condition?.forbidsPlacement, one.action === 'cordon')
    t.is(condition?.since, at(0))
    t.is(condition?.evidence.length, 1)
  }
  t.deepEqual(new Patient().look(0, disk(0.99)), ['filesystem-nearly-full', 'filesystem-full'])
})

test('a file system that turns read-only is found, and one that always was is not', (t) => {
  const rows = (fstype: string, readOnly: number): readonly Row[] => [
    ['node_filesystem_readonly', { mountpoint: '/state', fstype }, readOnly],
  ]
  const patient = new Patient()
  t.deepEqual(patient.look(0, rows('ext4', 0)), [])
  t.deepEqual(patient.look(1, rows('ext4', 1)), ['filesystem-read-only'])
  const other = new Patient()
  t.deepEqual(other.look(0, rows('ext4', 1)), [])
  t.deepEqual(other.look(0, rows('squashfs', 0)), [])
  t.deepEqual(other.look(1, rows('squashfs', 1)), [])
})

test('a finding goes only well below where it came, and is the very same while it stands', (t) => {
  const patient = new Patient()
  t.deepEqual(patient.look(0, disk(0.91)), ['filesystem-nearly-full'])
  const before = patient.conditions
  patient.look(1, disk(0.93))
  patient.look(2, disk(0.89))
  t.is(patient.conditions, before)
  t.deepEqual(patient.look(3, disk(0.86)), [])
  t.deepEqual(patient.look(4, disk(0.89)), [])
})

test('memory must be short for half a minute, and since says from when', (t) => {
  const patient = new Patient()
  t.deepEqual(patient.look(0, memory(10)), [])
  t.deepEqual(patient.look(29, memory(10)), [])
  t.deepEqual(patient.look(30, memory(10)), ['memory-nearly-exhausted'])
  t.is(patient.conditions[0]?.since, at(0))
  const relieved = new Patient()
  relieved.look(0, memory(10))
  relieved.look(10, memory(900))
  relieved.look(20, memory(10))
  t.deepEqual(relieved.look(40, memory(10)), [])
})

test('a GPU that is gone, silent or never seen is missing after two minutes; one too many is as strange', (t) => {
  const after = (rows: readonly Row[]): readonly string[] => {
    const patient = new Patient()
    patient.look(0, rows, { gpusExpected: 2 })
    return patient.look(120, rows, { gpusExpected: 2 })
  }
  for (const rows of [gpus(40), gpus(40, Number.NaN), gpus()]) t.deepEqual(after(rows), ['gpu-missing'])
  t.deepEqual(after(gpus(40, 41)), [])
  t.deepEqual(after(gpus(40, 41, 42)), ['gpu-unknown'])
})

test('a clock that differs is named with its direction', (t) => {
  const reason = (clockAheadMs: number): string | undefined => {
    const patient = new Patient()
    patient.look(0, [], { clockAheadMs })
    patient.look(30, [], { clockAheadMs })
    return patient.conditions[0]?.reason
  }
  t.is(reason(-61_000), "the clock is 61 s behind the coordinator's")
  t.is(reason(6_000), "the clock is 6 s ahead of the coordinator's")
  t.is(reason(4_000), undefined)
})

test('each device is judged by itself, and the finding names those that it is about', (t) => {
  const patient = new Patient([hot()])
  t.deepEqual(patient.look(0, degrees(95, 50, 99)), ['hot'])
  t.is(patient.conditions[0]?.reason, 'part p2 has 99 degrees; 2 in all')
  t.deepEqual(patient.conditions[0]?.evidence, [
    'celsius of part p0: 95, found at 90',
    'celsius of part p2: 99, found at 90',
  ])
  const { since } = patient.conditions[0] ?? {}
  patient.look(5, degrees(50, 50, 99))
  t.is(patient.conditions[0]?.reason, 'part p2 has 99 degrees')
  t.is(patient.conditions[0]?.since, since)
  t.deepEqual(patient.look(6, degrees(50, 50, 50)), [])
})

test('what cannot be seen changes nothing; a device that is gone for long is forgotten', (t) => {
  const patient = new Patient([hot()])
  t.deepEqual(patient.look(0, degrees(95)), ['hot'])
  const before = patient.conditions
  for (const unseen of [Number.NaN, Number.POSITIVE_INFINITY]) {
    patient.look(1, degrees(unseen))
    t.is(patient.conditions, before)
  }
  t.deepEqual(patient.look(2, []), ['hot'])
  t.deepEqual(patient.look(599, []), ['hot'])
  t.deepEqual(patient.look(700, []), [])
})

test('growth is counted within its window, and what was before the first look is not', (t) => {
  const patient = new Patient([hot({ measure: 'increase', window: minutes(10), raiseAt: 5, clearAt: 0 })])
  t.deepEqual(patient.look(0, degrees(1000)), [])
  t.deepEqual(patient.look(60, degrees(1004)), [])
  t.deepEqual(patient.look(120, degrees(1005)), ['hot'])
  t.deepEqual(patient.look(600, degrees(1005)), ['hot'])
  t.deepEqual(patient.look(760, degrees(1005)), [])
  // A counter that begins anew, or is misread, has not grown.
  t.deepEqual(patient.look(800, degrees(0)), [])
  t.deepEqual(patient.look(810, degrees(4)), [])
  t.deepEqual(patient.look(820, degrees(5)), ['hot'])
})

test('of a counter that began at nothing with the agent, the first value is growth', (t) => {
  const rule = hot({ measure: 'increase', window: minutes(10), fromZero: true, raiseAt: 1, clearAt: 0 })
  const patient = new Patient([rule])
  t.deepEqual(patient.look(0, []), [])
  t.deepEqual(patient.look(60, degrees(1)), ['hot'])
  t.deepEqual(patient.look(120, degrees(1)), ['hot'])
  t.deepEqual(patient.look(60 + 700, degrees(1)), [])
})

test('a PCIe link is held against its best only while the device is busy', (t) => {
  const rows = (use: number, generation: number): readonly Row[] => [
    ['DCGM_FI_DEV_GPU_UTIL', { gpu: '0', UUID: 'GPU-0' }, use],
    ['DCGM_FI_DEV_PCIE_LINK_GEN', { gpu: '0', UUID: 'GPU-0' }, generation],
    ['DCGM_FI_DEV_PCIE_MAX_LINK_GEN', { gpu: '0', UUID: 'GPU-0' }, 5],
  ]
  const after = (use: number, generation: number): readonly string[] => {
    const patient = new Patient()
    patient.look(0, rows(use, generation))
    return patient.look(300, rows(use, generation))
  }
  t.deepEqual(after(0, 1), [])
  t.deepEqual(after(90, 5), [])
  t.deepEqual(after(90, 4), ['gpu-pcie-slow'])
})

test('an Xid is found by its number', (t) => {
  const after = (xid: string): readonly string[] => {
    const patient = new Patient()
    patient.look(0, [])
    return patient.look(10, [['billet_gpu_xid_errors_total', { UUID: 'GPU-0', xid }, 1]])
  }
  t.deepEqual(after('79'), ['gpu-fell-off-the-bus'])
  t.deepEqual(after('48'), ['gpu-xid-fatal'])
  t.deepEqual(after('13'), ['gpu-xid-program'])
  t.deepEqual(after('999'), [])
})

test('changes are counted within their window', (t) => {
  const patient = new Patient([hot({ measure: 'changes', window: hours(1), raiseAt: 3, clearAt: 0 })])
  for (const [second, value] of [
    [0, 1],
    [60, 0],
    [120, 0],
    [180, 1],
  ] as const) {
    t.deepEqual(patient.look(second, degrees(value)), [])
  }
  t.deepEqual(patient.look(240, degrees(0)), ['hot'])
  t.deepEqual(patient.look(3600 * 2, degrees(0)), [])
})

test('a rule for what has been well once passes over what never was', (t) => {
  const down = hot({ bad: 'low', raiseAt: 0, clearAt: 1, onceWell: true })
  const patient = new Patient([down])
  t.deepEqual(patient.look(0, degrees(0, 1)), [])
  t.deepEqual(patient.look(10, degrees(0, 0)), ['hot'])
  t.is(patient.conditions[0]?.reason, 'part p1 has 0 degrees')
})

test('a finding must be well for as long as its rule says, and longer each time that it comes', (t) => {
  const patient = new Patient([hot({ clearAfter: seconds(60) })])
  const goes = (from: number): number => {
    for (let second = from; ; second += 1) if (patient.look(second, degrees(50)).length === 0) return second - from
  }
  t.deepEqual(patient.look(0, degrees(95)), ['hot'])
  t.is(goes(1), 60)
  patient.look(100, degrees(95))
  t.is(goes(101), 60)
  patient.look(200, degrees(95))
  t.is(goes(201), 120)
  patient.look(400, degrees(95))
  t.is(goes(401), 240)
})

test('a signal that flaps is news a few times in an hour, not each time', (t) => {
  const patient = new Patient([hot()])
  let news = 0
  let before = patient.conditions
  for (let second = 0; second < 3600; second += 2) {
    patient.look(second, degrees(second % 4 === 0 ? 95 : 50))
    if (patient.conditions !== before) news += 1
    before = patient.conditions
  }
  t.true(news <= 5, `${news} changes`)
})

test('a clock set back delays a finding once at most', (t) => {
  const patient = new Patient()
  patient.look(1000, memory(10))
  patient.look(0, memory(10))
  t.deepEqual(patient.look(30, memory(10)), ['memory-nearly-exhausted'])
})

test('labels choose devices', (t) => {
  const rows: readonly Row[] = [
    ['celsius', { chip: 'nvme0', sensor: 'a' }, 95],
    ['celsius', { chip: 'coretemp', sensor: 'b' }, 95],
    ['celsius', { chip: 'acpi', sensor: 'c' }, 95],
  ]
  const found = (labels: Readonly<Record<string, string>>): number => {
    const patient = new Patient([hot({ labels })])
    patient.look(0, rows)
    return patient.conditions[0]?.evidence.length ?? 0
  }
  t.is(found({}), 3)
  t.is(found({ chip: 'nvme*|acpi' }), 2)
  t.is(found({ chip: 'nvme*', sensor: 'b' }), 0)
  t.is(found({ missing: '*' }), 3)
  t.is(found({ chip: 'n.me0' }), 0)
  t.is(found({ chip: '!nvme*|acpi' }), 1)
})

test('the shipped rules are sound, named once, and say where they come from', (t) => {
  t.is(new Set(shippedRules.map(({ id }) => id)).size, shippedRules.length)
  for (const one of shippedRules) {
    t.is(faultOf(one), null, one.id)
    t.not(one.source, '', one.id)
  }
})

test('a site’s rule takes the place of the shipped one of its name, or stands beside them', (t) => {
  const [first] = shippedRules
  const changed = { ...hot(), id: first?.id ?? '' }
  const own = hot()
  const rules = rulesWith([own, changed])
  t.is(rules.length, shippedRules.length + 1)
  t.is(rules[0], changed)
  t.is(rules.at(-1), own)
  t.deepEqual(new Patient([hot({ enabled: false })]).look(0, degrees(99)), [])
})

test('whatever is measured, a finding comes from a rule once and in the order of the rules', (t) => {
  const share = fc.oneof(fc.double({ min: 0, max: 1 }), fc.double(), fc.constant(Number.NaN))
  const beat = fc.record({ used: share, inodes: share, available: share, gpu: fc.array(share, { maxLength: 3 }) })
  const order = shippedRules.map(({ id }) => id)
  fc.assert(
    fc.property(fc.array(beat, { maxLength: 40 }), (beats) => {
      const patient = new Patient()
      return beats.every(({ used, inodes, available, gpu }, second) => {
        const ids = patient.look(second * 10, [...disk(used, inodes), ...memory(available), ...gpus(...gpu)])
        return ids.every((id, index) => index === 0 || order.indexOf(ids[index - 1] ?? '') < order.indexOf(id))
      })
    }),
  )
  t.pass()
})
