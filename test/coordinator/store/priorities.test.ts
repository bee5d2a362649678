import test from 'ava'
import type { StateWrite } from '../../../coordinator/core/state.ts'
import { encodeWrite } from '../../../coordinator/store/encoder.ts'
import { decodeEntry } from '../../../coordinator/store/records.ts'
import { revision } from '../../../shared/model/ids.ts'
import { CoreHarness, TERM_BEGAN, must, tenant, user } from '../../fixtures.ts'

const caller = { user: user('admin'), request: null }
const urgent = { name: 'urgent', priority: 100, isDefault: false, preempts: true, comment: 'down' }

/** A fleet with a class, a tenant with a limit, and a workload of that class, as they are written. */
function written(): readonly StateWrite[] {
  const core = new CoreHarness()
  core.must({ ...TERM_BEGAN, priorityClasses: [urgent] })
  const maxPriority = { priority: 0, priorityClass: 'urgent' }
  core.must({ kind: 'update_tenant', caller, tenant: tenant('red'), share: null, quotas: null, maxPriority })
  const id = core.submit('red', { priorityClass: 'urgent' })
  const cluster = { table: 'cluster', key: 'cluster', record: core.state.cluster() } as const
  const red = core.state.find('tenants', 'red')
  if (red === undefined) throw new Error('no tenant')
  return [
    cluster,
    { table: 'tenants', key: 'red', record: red },
    { table: 'workloads', key: id, record: core.workload(id) },
  ]
}

/** What is read of records in whose text this was changed. */
function read(change: (text: string) => string) {
  return written().map((write) => {
    const { key, value } = encodeWrite(write)
    return decodeEntry({ key, value: change(value ?? ''), revision: revision(1) })
  })
}

test('classes, limits and what was asked for are read as they were written', (t) => {
  const [cluster, red, workload] = read((text) => text).map((one) => must(one).record)
  t.like(cluster, { priorityClasses: [urgent] })
  t.like(red, { maxPriority: { priority: 100, priorityClass: 'urgent' } })
  t.like(workload, { spec: { priority: 100, priorityClass: 'urgent' } })
})

test('records of before have no classes, no limits, and numbers alone', (t) => {
  const [cluster, red, workload] = read((text) =>
    text
      .replace(/,"priorityClasses":\[[^\]]*\]/, '')
      .replace(/,"maxPriority":\{[^}]*\}/, '')
      .replace(/"priorityClass":"urgent",?/, ''),
  ).map((one) => must(one).record)
  t.like(cluster, { priorityClasses: [] })
  t.like(red, { maxPriority: null })
  t.like(workload, { spec: { priority: 100, priorityClass: '' } })
})

test('a number that is none is refused with its place', (t) => {
  const [cluster, red] = read((text) => text.replace('"priority":100', '"priority":1001'))
  t.regex(cluster?.ok === false ? cluster.error : '', /^cluster\/cluster: priorityClasses\.0\.priority: /)
  t.regex(red?.ok === false ? red.error : '', /^tenants\/red: maxPriority\.priority: /)
})
