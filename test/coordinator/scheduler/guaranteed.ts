import * as fc from 'fast-check'
import type { WorkloadRecord } from '../../../coordinator/core/records.ts'
import type { StateWrite } from '../../../coordinator/core/state.ts'
import { tenant } from '../../fixtures.ts'
import { type FleetDraw, type Sizes, fleets } from './draws.ts'
import { NOW, allWrites } from './fleet.ts'

/** Fleets whose tenants are guaranteed machines. */
export type GuaranteedDraw = {
  readonly fleet: FleetDraw
  /** By tenant. */
  readonly quotas: readonly { readonly guaranteed: number; readonly beyond: number | null }[]
  /** Of the queue, in turn: who asks not to borrow. */
  readonly firm: readonly boolean[]
}

export const guaranteedFleets = (sizes: Sizes): fc.Arbitrary<GuaranteedDraw> =>
  fc.record({
    fleet: fleets(sizes),
    quotas: fc.array(
      fc.record({
        guaranteed: fc.integer({ min: 0, max: 9 }),
        beyond: fc.option(fc.integer({ min: 0, max: 9 }), { nil: null }),
      }),
      { minLength: 4, maxLength: 4 },
    ),
    firm: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
  })

/** `firm`: what runs on its own cannot be taken back. `lent`: it is of all tenants in turn, and can. */
export function guaranteedWrites(
  { fleet, quotas, firm }: GuaranteedDraw,
  held: 'firm' | 'lent',
): readonly StateWrite[] {
  let queued = 0
  const owners = new Map<string, WorkloadRecord['tenant']>()
  const writes = allWrites(fleet).map((write): StateWrite => {
    if (write.table !== 'workloads' || write.record === null) return write
    const { record } = write
    if (record.tenant !== 'held') {
      const noBorrow = firm[queued % firm.length] === true
      queued += 1
      return { ...write, record: { ...record, spec: { ...record.spec, noBorrow } } }
    }
    const by = held === 'firm' ? record.tenant : tenant(`t${(owners.size / 2) % 4}`)
    for (const id of [record.id, ...record.placements]) owners.set(id, by)
    return { ...write, record: { ...record, tenant: by, spec: { ...record.spec, noBorrow: held === 'firm' } } }
  })
  return [...quotas.map(tenantWrite), ...writes.map((write) => ownedBy(owners, write))]
}

function tenantWrite({ guaranteed, beyond }: GuaranteedDraw['quotas'][number], index: number): StateWrite {
  const name = tenant(`t${index}`)
  const limit = beyond === null ? null : guaranteed + beyond
  const quotas = [{ hardwareClass: '', limit, guaranteed }]
  const record = { name, number: index + 1, share: 1, quotas, usage: { amount: 0, at: NOW }, maxPriority: null }
  return { table: 'tenants', key: name, record }
}

function ownedBy(owners: ReadonlyMap<string, WorkloadRecord['tenant']>, write: StateWrite): StateWrite {
  if (write.table === 'placements' && write.record !== null) {
    return { ...write, record: { ...write.record, tenant: owners.get(write.key) ?? write.record.tenant } }
  }
  if (write.table !== 'machines' || write.record === null) return write
  return {
    ...write,
    record: { ...write.record, tenant: owners.get(write.record.placement ?? '') ?? write.record.tenant },
  }
}
