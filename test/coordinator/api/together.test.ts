import test from 'ava'
import { services } from '../../../shared/wire/load.ts'
import { must } from '../../fixtures.ts'
import { open } from './open.ts'

const { WorkloadService } = services

test('many are submitted in one call: each is queued or refused for itself, in their order', async (t) => {
  const admin = await open(t)
  const asked = { tenant: 'red', spec: { machine_count: 1 } }
  const requests = [
    asked,
    { ...asked, tenant: 'No!' },
    { ...asked, request_id: 'r-1' },
    { ...asked, request_id: 'r-1' },
  ]
  const { outcomes, revision } = must(await admin.call(WorkloadService.SubmitWorkloads, { requests }))
  t.deepEqual(
    outcomes.map(({ accepted, reason }) => [accepted, reason]),
    [
      [true, ''],
      [false, 'INVALID_ARGUMENT'],
      [true, ''],
      [true, ''],
    ],
  )
  t.regex(outcomes[1]?.message ?? '', /tenant/)
  t.is(outcomes[2]?.workload, outcomes[3]?.workload, 'the same request is the same workload')
  const { workloads } = must(await admin.call(WorkloadService.ListWorkloads, {}))
  const queued = new Set(outcomes.filter(({ accepted }) => accepted).map(({ workload }) => workload))
  t.deepEqual(workloads.map(({ name }) => name).toSorted(), [...queued].toSorted())
  t.true(revision > 0)
})

test('many are asked to end in one call, each for itself', async (t) => {
  const admin = await open(t)
  const request = { tenant: 'red', spec: { machine_count: 1 } }
  const { outcomes } = must(await admin.call(WorkloadService.SubmitWorkloads, { requests: [request, request] }))
  const names = [...outcomes.map(({ workload }) => workload), 'workloads/wkl-0000000000000000', 'nonsense']
  const ended = must(await admin.call(WorkloadService.CancelWorkloads, { requests: names.map((name) => ({ name })) }))
  t.deepEqual(
    ended.outcomes.map(({ accepted, reason }) => accepted || reason),
    [true, true, 'WORKLOAD_NOT_FOUND', 'INVALID_ARGUMENT'],
  )
  const { workloads } = must(await admin.call(WorkloadService.ListWorkloads, {}))
  t.true(workloads.every(({ state_reason: reason }) => reason.startsWith('cancelled by')))
})

test('none, and more than 512 in one call, are refused', async (t) => {
  const admin = await open(t)
  for (const count of [0, 513]) {
    const requests = Array.from({ length: count }, () => ({ name: 'workloads/wkl-0000000000000000' }))
    const answer = await admin.call(WorkloadService.CancelWorkloads, { requests })
    t.is(answer.ok ? 'accepted' : `${answer.error.kind} ${answer.error.field ?? ''}`, 'invalid_argument requests')
  }
})
