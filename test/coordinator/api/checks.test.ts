import test from 'ava'
import { Connection } from '../../../shared/grpc/client.ts'
import type { CheckOrder } from '../../../shared/model/check.ts'
import { instant } from '../../../shared/model/time.ts'
import { decodeDesired } from '../../../shared/wire/desired.ts'
import { CheckOutcome } from '../../../shared/wire/gen/types/billet/v1/CheckOutcome.ts'
import { CheckVerdict } from '../../../shared/wire/gen/types/billet/v1/CheckVerdict.ts'
import { services } from '../../../shared/wire/load.ts'
import { Fleet } from '../../cli/fixture.ts'
import { must, passed } from '../../fixtures.ts'
import type { Script } from '../sessions/fake_agent.ts'

const { FleetService, MachineService } = services
const AT = instant(1_700_000_000_000)

/** An idle agent that measures what it is asked to, always the same. */
function measuring(asked: CheckOrder[][]): Script {
  return (agent, message) => {
    const wire = message.message === 'welcome' ? message.welcome?.desired : message.desired
    if (wire === undefined || wire === null) return
    const { epoch, term, validation, checks = [] } = decodeDesired('desired', wire)
    if (validation === 0) return
    asked.push([...checks])
    const results = checks.map(({ id }) => ({
      check: id,
      measure: '',
      device: '',
      outcome: { kind: 'measured', value: 100, unit: 'B/s' } as const,
      durationMs: 1,
    }))
    const handBack = { epoch, clean: true, steps: [], at: AT }
    agent.report({ epoch, term, state: 'idle', handBack, validation: { ...passed(validation), results } })
  }
}

async function open(t: Parameters<typeof Fleet.open>[0]) {
  const fleet = await Fleet.open(t)
  const { address, ca, certificate, key } = fleet.context()
  const admin = new Connection(address, { authorities: ca, identity: { certificate, key } })
  t.teardown(() => admin.close())
  const asked: CheckOrder[][] = []
  const agent = await fleet.machine('SN1', measuring(asked))
  const { machines } = must(await admin.call(MachineService.ListMachines, {}))
  return { admin, asked, agent, name: machines[0]?.name ?? '' }
}

test('a machine is measured by hand, once for each request, and says what was found', async (t) => {
  const { admin, asked, agent, name } = await open(t)
  const call = { name, request_id: 'once', checks: ['disk-write', 'memory-bandwidth'] }
  must(await admin.call(MachineService.CheckMachine, call))
  await agent.settled()
  must(await admin.call(MachineService.CheckMachine, call))
  await agent.settled()
  const byHand = asked.filter((orders) => orders.length === 2)
  t.deepEqual(
    byHand[0]?.map(({ id }) => id),
    ['memory-bandwidth', 'disk-write'],
  )
  const { series } = must(await admin.call(MachineService.ListCheckResults, { parent: name }))
  const disk = series.find(({ check }) => check === 'disk-write')
  t.like(disk, { machine: name, unit: 'B/s', device: '', verdict: CheckVerdict.CHECK_VERDICT_UNKNOWN })
  t.is(disk?.points.length, 2, 'at its approval, and by hand')
  t.like(disk?.points[0], { outcome: CheckOutcome.CHECK_OUTCOME_MEASURED, value: 100, reason: '' })
  t.is(disk?.peers, null)
  t.like(disk?.own, { median: 100, spread: 0, count: 1 })
  t.regex(disk?.sentence ?? '', /^disk-write is 100 B\/s; too little was measured/)
})

test('what is wrong in a call about checks is refused by field', async (t) => {
  const { admin, name } = await open(t)
  const refusal = async (asked: object) => {
    const answer = await admin.call(MachineService.CheckMachine, { name, ...asked })
    return answer.ok ? 'accepted' : `${answer.error.kind} ${answer.error.field ?? ''}`
  }
  t.is(await refusal({ checks: ['nonsense'] }), 'invalid_argument checks')
  t.is(await refusal({ checks: Array.from({ length: 33 }, () => 'gpus') }), 'invalid_argument checks')
  t.is(await refusal({ name: 'SN1' }), 'invalid_argument name')
  t.is(await refusal({ name: 'machines/mch-0123456789abcdef' }), 'machine_not_found ')
  const none = await admin.call(MachineService.ListCheckResults, { parent: 'machines/mch-0123456789abcdef' })
  t.is(none.ok ? '' : none.error.kind, 'machine_not_found')
  const wrong = await admin.call(MachineService.ListCheckResults, { parent: 'x' })
  t.is(wrong.ok ? '' : wrong.error.field, 'parent')
})

test('the checks are listed, those that a site has switched off too', async (t) => {
  const { admin } = await open(t)
  const { checks } = must(await admin.call(FleetService.ListChecks, {}))
  t.like(
    checks.find(({ id }) => id === 'dcgm-diag'),
    { argv: ['/usr/bin/dcgmi', 'diag', '-r', '1', '-j'], validating: false, disabled: false, high_is_bad: false },
  )
  t.true(checks.some(({ id, count }) => id === 'gpus' && count))
})
