import { type BilletError, billetError, invalidField } from '../../shared/model/errors.ts'
import { ok, refuse } from '../../shared/model/result.ts'
import { MACHINES_MOST, hasEnded, leastOf } from '../../shared/model/workload.ts'
import type { Handler } from './handler.ts'
import { release } from './members.ts'
import { type GroupRanks, groupsNow, layoutOf, ranksByGroup } from './ranks.ts'
import type { WorkloadRecord } from './records.ts'
import { followPlacements } from './workloads.ts'

/** Changes how many machines a group may have; what it has beyond that it gives back, the highest ranks first. */
export const resizeWorkload: Handler<'resize_workload'> = (draft, input) => {
  const found = draft.workload(input.workload)
  if (!found.ok) return found
  const workload = found.value
  const { id, state } = workload
  const groups = groupsNow(workload)
  const index = groups.findIndex(({ name }) => name === input.group)
  const group = groups[index]
  if (group === undefined) return refuse(noGroup(workload, input.group))
  if (hasEnded(state) || state === 'stopping') {
    return refuse(
      billetError('state_conflict', `Workload ${id} is ${state}: it has no size any more.`, { workload: id }),
    )
  }
  const { machineCount } = input
  const least = input.least ?? Math.min(leastOf(group), machineCount)
  const before = ranksByGroup(workload)[index]
  if (state !== 'queued' && before !== undefined && before.members.length < least) {
    return refuse(tooFew(workload, before, least, machineCount))
  }
  const sizes = groups.map((one, at) => (at === index ? { machineCount, least } : sizeOf(one)))
  const total = sizes.reduce((sum, size) => sum + size.machineCount, 0)
  if (total > MACHINES_MOST) {
    return refuse(
      invalidField('machine_count', `expected at most ${MACHINES_MOST} machines over all groups, got ${total}`),
    )
  }
  // What each rank is of stays so, however many there may be from here on.
  const layout = state === 'queued' ? [] : layoutOf(workload)
  const resized = { ...workload, sizes, layout }
  draft.putWorkload(resized)
  const bounds = least === machineCount ? `${machineCount}` : `${least} to ${machineCount}`
  const sentence = `${input.caller.user} has changed it to ${bounds} machines`
  draft.event('WORKLOAD_RESIZED', `Workload ${id}: ${sentence}.`, { workload: id, user: input.caller.user })
  const surplus = before === undefined || state === 'queued' ? [] : before.members.slice(machineCount)
  if (surplus.length > 0) {
    release(draft, resized, surplus, sentence)
    followPlacements(draft, id)
  }
  return ok(() => draft.written('workloads', id))
}

const sizeOf = (group: GroupRanks['group']) => ({ machineCount: group.machineCount, least: leastOf(group) })

function noGroup({ id, spec }: WorkloadRecord, name: string): BilletError {
  const names = spec.groups.map((group) => group.name)
  const known = names.length === 0 ? 'it has none but its own machines' : `expected one of ${names.join(', ')}, or none`
  const sentence = `group: workload ${id} has no group ${JSON.stringify(name)}; ${known}.`
  return billetError('invalid_argument', sentence, { field: 'group', workload: id })
}

function tooFew({ id }: WorkloadRecord, { members }: GroupRanks, least: number, most: number): BilletError {
  const sentence =
    `Workload ${id} has ${members.length} machines now, fewer than the new least of ${least}: it can be no more than ` +
    `that while it holds any. Let it grow first: ${members.length}..${most}.`
  return billetError('state_conflict', sentence, { workload: id, members: `${members.length}` })
}
