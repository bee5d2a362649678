import { holds } from '../../shared/model/expression/holds.ts'
import type { Test } from '../../shared/model/expression/expression.ts'
import type { MachineId, PlacementId } from '../../shared/model/ids.ts'
import type { QueriedMachine } from '../../shared/model/telemetry_query.ts'
import type { Identity } from '../../shared/tls/identity.ts'
import type { MachineRecord } from '../core/records.ts'
import type { Fleet } from '../ports.ts'
import type { Sight } from './ports.ts'

/** The placement that holds a machine for its tenant; null where none does. */
export const holderOf = (machine: MachineRecord | undefined): PlacementId | null =>
  machine?.state === 'allocated' ? machine.placement : null

/** Null: who may see everything, by another proof than a certificate. */
type Seer = Identity | null

/** What a caller may see of a machine: undefined is nothing. A tenant sees what it holds, since it holds it. */
function sightOf(identity: Seer, machine: MachineRecord): Sight | undefined {
  if (identity === null || identity.kind === 'user') return { machine: machine.id, holder: null }
  const holder = holderOf(machine)
  if (identity.kind !== 'tenant' || machine.tenant !== identity.tenant || holder === null) return undefined
  return { machine: machine.id, holder }
}

/** Machines that the caller may not see are left out, as are those that do not exist. */
export function sightsOf(fleet: Fleet, identity: Identity, machines: readonly MachineId[]): readonly Sight[] {
  return fleet.read((view) =>
    machines.flatMap((id) => {
      const machine = view.find('machines', id)
      return machine === undefined ? [] : (sightOf(identity, machine) ?? [])
    }),
  )
}

/** Machines of the fleet that a test chooses, of those that the caller may see; null stands for each other one. */
export function* queried(fleet: Fleet, identity: Seer, test: Test | null): Iterable<QueriedMachine | null> {
  const records = fleet.read((view) => Array.from(view.table('machines').values(), ({ record }) => record))
  for (const record of records) {
    const { id, hostname, hardwareClass, tenant, labels, state } = record
    const sight = state === 'retired' ? undefined : sightOf(identity, record)
    const isChosen = sight !== undefined && (test === null || holds(test, record))
    yield isChosen ? { id, hostname, hardwareClass, tenant, labels, holder: sight.holder } : null
  }
}
