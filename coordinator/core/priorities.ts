import { type BilletError, billetError, invalidField } from '../../shared/model/errors.ts'
import type { TenantName } from '../../shared/model/ids.ts'
import { PREEMPTION } from '../../shared/model/policies.ts'
import { type MaxPriority, NO_CLASS, type PriorityClass } from '../../shared/model/priority.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import type { AskedSpec, WorkloadSpec } from '../../shared/model/workload.ts'
import type { ClusterRecord, Find } from './records.ts'

type Classes = Pick<ClusterRecord, 'priorityClasses'>
type Asked = Pick<AskedSpec, 'priority' | 'priorityClass'>

/** So many classes are named to whoever asks for one that is not there. */
const NAMED = 20

/**
 * What a workload is as it is submitted now: with the number of its class, and what that says of preemption. Refused
 * where there is no such class, where class and number differ, and where its tenant may ask for no such priority.
 */
export function settled(
  find: Find,
  cluster: Classes,
  tenant: TenantName,
  asked: AskedSpec,
): Result<WorkloadSpec, BilletError> {
  const chosen = chosenClass('spec', cluster, asked)
  if (!chosen.ok) return chosen
  const { priority = asked.priority, name = '', preempts = false } = chosen.value ?? {}
  const most = find.find('tenants', tenant)?.maxPriority ?? null
  if (most !== null && priority > most.priority) return refuse(aboveLimit(tenant, most, { priority, name, asked }))
  return ok({ ...asked, priority, priorityClass: name, preemption: asked.preemption ?? { ...PREEMPTION, preempts } })
}

/** The number of a limit that may be given by a class. */
export function settledLimit(cluster: Classes, limit: MaxPriority): Result<MaxPriority, BilletError> {
  if (limit.priorityClass === '') return ok(limit)
  const named = namedClass('max_priority', cluster, limit)
  return named.ok ? ok({ priority: named.value.priority, priorityClass: named.value.name }) : named
}

/** Null: it has none. */
function chosenClass(field: string, cluster: Classes, asked: Asked): Result<PriorityClass | null, BilletError> {
  if (asked.priorityClass === NO_CLASS) return ok(null)
  if (asked.priorityClass !== '') return namedClass(field, cluster, asked)
  // Zero is what a number is that nobody said.
  return ok((asked.priority === 0 ? cluster.priorityClasses.find(({ isDefault }) => isDefault) : null) ?? null)
}

function namedClass(
  field: string,
  { priorityClasses }: Classes,
  { priorityClass, priority }: Asked,
): Result<PriorityClass, BilletError> {
  const found = priorityClasses.find(({ name }) => name === priorityClass)
  if (found === undefined) {
    const names = priorityClasses.slice(0, NAMED).map(({ name }) => name)
    const more = priorityClasses.length > NAMED ? ', …' : ''
    const expected = names.length === 0 ? 'no class, for this fleet has none' : `one of ${names.join(', ')}${more}`
    return refuse(invalidField(`${field}.priority_class`, `expected ${expected}, got ${JSON.stringify(priorityClass)}`))
  }
  if (priority === 0 || priority === found.priority) return ok(found)
  const expected = `expected ${found.priority}, the number of class ${found.name}, or no number, got ${priority}`
  return refuse(invalidField(`${field}.priority`, expected))
}

function aboveLimit(
  tenant: TenantName,
  most: MaxPriority,
  { priority, name, asked }: { readonly priority: number; readonly name: string; readonly asked: Asked },
): BilletError {
  const given =
    name === '' ? `${priority}` : `${priority}, of ${name === asked.priorityClass ? '' : 'the default '}class ${name}`
  const may = most.priorityClass === '' ? `${most.priority}` : `${most.priority}, that of class ${most.priorityClass}`
  const field = name === '' ? 'spec.priority' : 'spec.priority_class'
  const sentence =
    `${field}: tenant ${tenant} may ask for no higher priority than ${may}, and this is ${given}. Ask for less, or ` +
    'have an operator raise the limit of the tenant.'
  return billetError('priority_above_limit', sentence, {
    field,
    tenant,
    priority: `${priority}`,
    max_priority: `${most.priority}`,
  })
}
