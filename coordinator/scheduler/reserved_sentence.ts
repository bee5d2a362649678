import { type Asker, CLEANING, isFor, windowAgainst, windowAt } from '../../shared/model/reservation.ts'
import { type Instant, minutes } from '../../shared/model/time.ts'
import { utc } from '../../shared/model/utc.ts'
import { askerOf } from '../core/placeable.ts'
import type { MachineRecord, ReservationRecord, WorkloadRecord } from '../core/records.ts'
import type { FleetView } from '../core/state.ts'

type About = {
  readonly view: FleetView
  readonly now: Instant
  readonly workload: WorkloadRecord
  readonly count: number
}

/** Different sentences that are said at most of the machines of one reason. */
const SAID = 3

/** Which reservations keep these machines from a workload, and what could be done. */
export function reservedSentence({ view, now, workload, count }: About, machines: readonly MachineRecord[]): string {
  const asker = askerOf(workload, now)
  const reasons = new Set(machines.flatMap(({ id }) => reasonFor(view.reservationsOn(id), asker, now, count)))
  const said = [...reasons].slice(0, SAID).join('; ')
  return `${said}${reasons.size > SAID ? '; and others' : ''}.`
}

function reasonFor(all: readonly ReservationRecord[], asker: Asker, now: Instant, count: number): string {
  const is = count === 1 ? 'is' : 'are'
  const own = all.find(({ name }) => name === asker.reservation)
  if (asker.reservation !== '' && own === undefined) {
    return `${is} not of reservation ${asker.reservation}, within which it is to be placed`
  }
  if (own !== undefined && !isFor(own, asker)) return `${is} of reservation ${own.name}, which is not for its tenant`
  const inTheWay = all
    .flatMap((one) => {
      const against = windowAgainst(one, asker, now)
      return against === null ? [] : [{ one, against }]
    })
    .toSorted((left, right) => left.against.start - right.against.start)
  const [first] = inTheWay
  if (first !== undefined) {
    const { one, against } = first
    const end = against.end === null ? 'without an end' : `to ${utc(against.end)}`
    const whom = one.tenants.length === 0 ? 'upkeep' : `tenant ${one.tenants.join(', ')}`
    const what = `${is} reserved for ${whom} from ${utc(against.start)} ${end}: ${one.name} (${one.id})`
    if (against.start <= now) return what
    if (asker.length < Infinity) return `${what}, and its time limit runs into that`
    const isLong = against.start - now > CLEANING + minutes(1)
    return isLong ? `${what}; with a --time-limit that ends before it may start there` : what
  }
  const window = own === undefined ? null : windowAt(own, now)
  const opens = window === null ? 'has no window any more' : `opens at ${utc(window.start)}`
  return `${is} of reservation ${asker.reservation}, which ${opens}`
}
