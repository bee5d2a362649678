import { type Check, checkFinding } from '../../shared/model/check.ts'
import { type BilletError, billetError } from '../../shared/model/errors.ts'
import { parseMachineId } from '../../shared/model/ids.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { decode, resource, timestamp } from '../../shared/wire/check.ts'
import { checkOutcomes, checkVerdicts } from '../../shared/wire/enums.ts'
import type { CheckSeries } from '../../shared/wire/gen/types/billet/v1/CheckSeries.ts'
import type { ListCheckResultsResponse } from '../../shared/wire/gen/types/billet/v1/ListCheckResultsResponse.ts'
import type { CheckPoint, CheckRecord } from '../core/check_record.ts'
import { verdictOf } from '../core/checks.ts'
import type { MachineRecord } from '../core/records.ts'
import type { FleetView } from '../core/state.ts'
import type { Fleet } from '../ports.ts'

/** What the checks of a machine found, and what that comes to now. */
export function listCheckResults(fleet: Fleet, parent: string): Result<ListCheckResultsResponse, BilletError> {
  const id = decode(() => resource('parent', 'machines', parent, parseMachineId))
  if (!id.ok) return id
  return fleet.read((view) => {
    const machine = view.find('machines', id.value)
    if (machine === undefined) {
      return refuse(billetError('machine_not_found', `There is no machine ${parent}.`, { machine: id.value }))
    }
    const { plan } = view.cluster().checks
    const series = view.checksOf(id.value).flatMap((record) => {
      const check = plan.find((one) => one.id === record.check)
      return check === undefined ? [] : [seriesResource(view, machine, check, record)]
    })
    return ok({ series: series.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1)) })
  })
}

const keyOf = ({ check, measure, device }: CheckSeries): string => `${check} ${measure} ${device}`

function seriesResource(view: FleetView, machine: MachineRecord, check: Check, record: CheckRecord): CheckSeries {
  const stands = machine.conditions.some(({ id }) => id === checkFinding(check.id))
  const { kind, sentence, unit, peers, own } = verdictOf(view, check, record, stands)
  return {
    machine: `machines/${record.machine}`,
    check: record.check,
    measure: record.measure,
    device: record.device,
    unit,
    points: record.points.map(pointResource),
    verdict: checkVerdicts[kind],
    sentence,
    peers,
    own,
  }
}

function pointResource({ at, outcome }: CheckPoint) {
  return {
    time: timestamp(at),
    outcome: checkOutcomes[outcome.kind],
    value: outcome.kind === 'measured' ? outcome.value : 0,
    reason: 'reason' in outcome ? outcome.reason : '',
  }
}
