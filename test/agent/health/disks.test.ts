import test from 'ava'
import { type Row, Patient } from './fixture.ts'

const NVME = { device: 'nvme0' }
const one = (name: string, value: number, labels: Readonly<Record<string, string>> = NVME): readonly Row[] => [
  [name, labels, value],
]
const HOUR = 3600

/** What a new patient has after each reading, five minutes apart. */
function after(...readings: readonly (readonly Row[])[]): readonly string[] {
  const patient = new Patient()
  let found: readonly string[] = []
  for (const [index, rows] of readings.entries()) found = patient.look(index * 300, rows)
  return found
}

test('a disk that warns takes its machine out of the way until it has been well for ten minutes', (t) => {
  const warning = (bits: number): readonly Row[] => one('smartctl_device_critical_warning', bits)
  const patient = new Patient()
  t.deepEqual(patient.look(0, warning(0)), [])
  t.deepEqual(patient.look(300, warning(8)), ['nvme-critical-warning'])
  t.like(patient.conditions[0], { severity: 'critical', action: 'cordon', forbidsPlacement: true })
  t.regex(patient.conditions[0]?.reason ?? '', /^device nvme0 warns: bits 8 /)
  t.deepEqual(patient.look(600, warning(0)), ['nvme-critical-warning'])
  t.deepEqual(patient.look(1200, warning(0)), [])
})

test('spare is held against the threshold of its own disk', (t) => {
  const spare = (left: number, threshold: number): readonly Row[] => [
    ...one('smartctl_device_available_spare', left),
    ...one('smartctl_device_available_spare_threshold', threshold),
  ]
  t.deepEqual(after(spare(10, 10)), [])
  t.deepEqual(after(spare(9, 10)), ['nvme-spare-low'])
  t.deepEqual(after(spare(9, 5)), [])
  t.deepEqual(after(spare(0, 0)), [])
})

test('wear is noted at 90 and at 100, and no machine is held back for it', (t) => {
  const used = (percent: number): readonly Row[] => one('smartctl_device_percentage_used', percent)
  t.deepEqual(after(used(89)), [])
  t.deepEqual(after(used(90)), ['disk-worn'])
  const patient = new Patient()
  t.deepEqual(patient.look(0, used(130)), ['disk-worn', 'disk-worn-out'])
  t.true(patient.conditions.every(({ forbidsPlacement }) => !forbidsPlacement))
})

test('lost data and failing sectors are found by how they grow, not by what there was before', (t) => {
  const lost = (count: number): readonly Row[] => one('smartctl_device_media_errors', count)
  t.deepEqual(after(lost(40), lost(40)), [])
  t.deepEqual(after(lost(40), lost(41)), ['nvme-media-errors'])
  const sectors = (id: string, raw: number, type = 'raw'): readonly Row[] => {
    const labels = { attribute_id: id, attribute_name: 'Current_Pending_Sector', attribute_value_type: type }
    return one('smartctl_device_attribute', raw, { device: 'sda', ...labels })
  }
  t.deepEqual(after(sectors('197', 3), sectors('197', 3)), [])
  t.deepEqual(after(sectors('197', 3), sectors('197', 5)), ['disk-sectors-failing'])
  t.deepEqual(after(sectors('199', 3), sectors('199', 5)), [])
  t.deepEqual(after(sectors('199', 3), sectors('199', 13)), ['disk-link-errors'])
  t.deepEqual(after(sectors('233', 9, 'value')), ['ssd-worn-out'])
  t.deepEqual(after(sectors('233', 0)), [])
  const patient = new Patient()
  patient.look(0, sectors('5', 0))
  patient.look(300, sectors('5', 4))
  t.is(patient.conditions[0]?.reason, 'device sda, attribute_name Current_Pending_Sector: 4 sectors more in 24 h')
  for (let hour = 1; hour < 28; hour += 1) patient.look(hour * HOUR, sectors('5', 4))
  t.deepEqual(patient.conditions, [])
})

test('a disk that foresees its end, hangs or refuses', (t) => {
  const status = (passes: number): readonly Row[] => one('smartctl_device_smart_status', passes, { device: 'sda' })
  t.deepEqual(after(status(1)), [])
  t.deepEqual(after(status(0)), ['disk-failing'])
  t.deepEqual(after(one('billet_disk_hung', 0)), [])
  t.deepEqual(after(one('billet_disk_hung', 1)), ['disk-hung'])
  const refused = one('billet_disk_health_refused', 1)
  t.deepEqual(after(refused), [])
  t.deepEqual(after(refused, refused, refused), ['disk-health-unreadable'])
})

test('a clock that stays away from the one it follows is noted, on whichever side', (t) => {
  const offset = (seconds: number): readonly Row[] => one('node_timex_offset_seconds', seconds, {})
  t.deepEqual(after(offset(0.2), offset(0.01), offset(0.2)), [])
  t.deepEqual(after(offset(0.2), offset(0.1), offset(0.2)), ['clock-behind'])
  t.deepEqual(after(offset(-0.2), offset(-0.1), offset(-0.2)), ['clock-ahead'])
})

test('a unit that has failed is noted by name until it works again', (t) => {
  const unit = (failed: number): readonly Row[] =>
    one('node_systemd_unit_state', failed, { name: 'chrony.service', state: 'failed' })
  const patient = new Patient()
  t.deepEqual(patient.look(0, unit(1)), ['unit-failed'])
  t.regex(patient.conditions[0]?.reason ?? '', /chrony\.service/)
  t.deepEqual(patient.look(300, unit(0)), [])
})
