import type { Mutation } from './mutation.ts'

const commit = 'coordinator/core/commit.ts'
const placeable = 'coordinator/core/placeable.ts'
const workloads = 'coordinator/core/workloads.ts'
const pass = 'coordinator/scheduler/pass.ts'
const turns = 'coordinator/scheduler/turns.ts'
const waiting = 'coordinator/scheduler/waiting.ts'
const fleetIndex = 'coordinator/scheduler/fleet_index.ts'
const arrange = 'coordinator/scheduler/arrange.ts'
const scheduler = 'coordinator/scheduler/scheduler.ts'
const quotas = 'coordinator/scheduler/quotas.ts'
const reservation = 'shared/model/reservation.ts'

const borrowed = 'coordinator/core/borrowed.ts'
const PLAN_OVER_QUOTA = {
  file: quotas,
  from: 'if (!quotas.some(isLimit)) return NO_LIMIT',
  to: 'if (quotas.length >= 0) return NO_LIMIT',
} as const
const PLAN_APART = { file: arrange, from: 'if (pack?.required === true) {', to: 'if (pack === undefined) {' } as const

/** Where the pass and the commit ask the same, a fault is in both, or it is found as a plan that is refused. */
export const schedulerMutations: readonly Mutation[] = [
  {
    name: 'start what runs into a window',
    file: reservation,
    from: 'if (at + asker.length + CLEANING <= window.start) return null',
    to: 'if (at < window.start) return null',
  },
  {
    name: 'let anybody into a window that is open',
    file: reservation,
    from: 'if (window === null) return null\n',
    to: 'if (window === null || window.start <= at) return null\n',
  },
  {
    name: 'plan what is reserved for others',
    file: 'coordinator/scheduler/admission.ts',
    from: '!isKeptFrom(this.reservationsOf(kind), asker, this.#now)',
    to: 'true',
  },
  {
    name: 'let others go on when a window begins',
    file: 'coordinator/core/reservation_windows.ts',
    from: 'if (begun.evicts) evict(draft, begun, machine)',
    to: '',
  },
  {
    name: 'let a tenant ask for more than its highest priority',
    file: 'coordinator/core/priorities.ts',
    from: 'priority > most.priority',
    to: 'priority > most.priority + 1',
  },
  {
    name: 'forget the number of a class',
    file: 'coordinator/core/priorities.ts',
    from: 'const { priority = asked.priority, name',
    to: 'const { priority } = asked\n  const { name',
  },
  {
    name: 'end the whole of a workload for a drain of what it can spare',
    file: 'coordinator/core/let_go.ts',
    from: 'if (!isUnderWay(workload) || !isBeyondLeast(workload, placement.rank)) return false',
    to: 'if (!hasLeft(workload, placement)) return false',
  },
  {
    name: 'give back for a drain what it must have',
    file: 'coordinator/core/let_go.ts',
    from: 'own.members.length > leastOf(own.group)',
    to: 'own.members.length >= leastOf(own.group)',
  },
  {
    name: 'give back rank 0 for a drain',
    file: 'coordinator/core/let_go.ts',
    from: 'rank !== 0 && own',
    to: 'own',
  },
  { name: 'plan over a quota', ...PLAN_OVER_QUOTA },
  {
    name: 'forget quotas',
    file: commit,
    from: 'heldOf(held, hardwareClass) + more <= limit',
    to: 'heldOf(held, hardwareClass) + more <= limit + Infinity',
    also: [PLAN_OVER_QUOTA],
  },
  {
    name: 'start before what is waited for',
    file: placeable,
    from: "if (workload.waitsFor.length > 0) return 'DEPENDENCY'",
    to: '',
    also: [{ file: waiting, from: 'workload.waitsFor.length > 0 || ', to: '' }],
  },
  {
    name: 'take every end for the one that is waited for',
    file: 'coordinator/core/dependencies.ts',
    from: "return ended === 'succeeded'",
    to: "return ended !== 'queued'",
  },
  {
    name: 'let those wait for ever that can never start',
    file: workloads,
    from: 'if (hasEnded(state)) tellDependents(draft, workload, state)',
    to: "if (state === 'succeeded') tellDependents(draft, workload, state)",
  },
  {
    name: 'start before the time',
    file: placeable,
    from: "if (startAfter !== null && startAfter > now) return 'NOT_BEFORE'",
    to: '',
    also: [{ file: waiting, from: 'return notBefore ?? spec.startAfter', to: 'return notBefore' }],
  },
  { name: 'sleep through the time', file: scheduler, from: 'this.#waiting.wake(now)', to: '' },
  { name: 'plan apart what must be together', ...PLAN_APART },
  {
    name: 'place apart what must be together',
    file: commit,
    from: 'if (misarranged([...there, ...coming], arrangement, topologyLevels) === undefined) return []',
    to: 'if (misarranged(held, group.arrangement, topologyLevels) !== null) return []',
    also: [PLAN_APART],
  },
  {
    name: 'give out machines that are excluded',
    file: placeable,
    from: "if (excluded.includes(machine.id)) return 'EXCLUDED'",
    to: '',
  },
  {
    name: 'give out machines with other labels',
    file: placeable,
    from: "if (machine.labels[key] !== value) return 'LABEL_MISSING'",
    to: "if (!(key in machine.labels) && value === '') return 'LABEL_MISSING'",
  },
  {
    name: 'keep machines in the index where they were before they were labelled anew',
    file: fleetIndex,
    from: 'before.labels === record.labels &&',
    to: '',
  },
  {
    name: 'keep machines in the index as they were before a card fell out',
    file: fleetIndex,
    from: 'before.inventory === record.inventory &&',
    to: '',
    also: [{ file: fleetIndex, from: 'before.hardwareClass === record.hardwareClass &&', to: '' }],
  },
  {
    name: 'keep machines for what the fleet could never hold',
    file: 'coordinator/scheduler/reserve.ts',
    from: 'if (!couldHold(shape, reserving.index, reserving.kept.gate)) return null',
    to: '',
  },
  { name: 'keep nothing for what must wait', file: pass, from: 'this.#claims.add(claim)', to: '' },
  {
    name: 'give what is kept to those that end too late',
    file: pass,
    from: 'new Kept(this.#claims, this.#with.now + length + CLEANING, allowance, this.#admission.of(workload))',
    to: 'new Kept(this.#claims, this.#with.now, allowance, this.#admission.of(workload))',
  },
  {
    name: 'let those with less of the fleet go before those of higher priority',
    file: turns,
    from: 'right.wanted.urgency - left.wanted.urgency ||',
    to: '',
  },
  {
    name: 'stop those for others who do not allow it',
    file: borrowed,
    from: 'spec.preemption.preemptible && ',
    to: '',
    also: [
      { file: 'coordinator/scheduler/running.ts', from: 'if (workload.spec.preemption.preemptible) ', to: '' },
      { file: 'coordinator/scheduler/preempt.ts', from: 'spec.preemption.preemptible &&', to: '' },
    ],
  },
  {
    name: 'take back what is not borrowed',
    file: borrowed,
    from: "if (reason === 'borrowed') return this.isPartlyBeyondOwn(victim, wanted)",
    to: "if (reason === 'borrowed') return true",
    also: [{ file: 'coordinator/scheduler/preempt.ts', from: ' || !borrowed.borrows(tenant)', to: '' }],
  },
  {
    name: 'borrow for what asks not to',
    file: commit,
    from: 'if (over.length > 0 || !workload.spec.noBorrow) return over',
    to: 'return over',
    also: [{ file: quotas, from: 'spec.noBorrow ? ownAllowance(view, tenant) : ', to: '' }],
  },
  {
    name: 'count machines for a tenant that gave them back',
    file: 'coordinator/core/indexes.ts',
    from: 'this.#holdingChanged(before, -1)',
    to: '',
  },
  {
    name: 'let a rank join others wherever it is',
    file: 'coordinator/scheduler/join.ts',
    from: 'if (misarranged(together, demand.arrangement, index.levels) === undefined) chosen.push(entry)',
    to: 'chosen.push(entry)',
  },
  {
    name: 'let those grow that have enough before those who wait',
    file: 'coordinator/scheduler/growth.ts',
    from: 'if (kind.free === 0 || this.#with.wishes.hasKind(kind)) continue',
    to: 'if (kind.free === 0) continue',
    also: [
      {
        file: 'coordinator/scheduler/growth.ts',
        from: 'kind.free > 0 && !wishes.hasKind(kind)',
        to: 'kind.free > 0',
      },
    ],
  },
  {
    name: 'take from a workload what it must have',
    file: commit,
    from: 'return left === members.length || left >= leastOf(group)',
    to: 'return true',
    also: [
      {
        file: 'coordinator/scheduler/spares.ts',
        from: 'const beyond = left.length - leastOf(group)',
        to: 'const beyond = left.length',
      },
    ],
  },
]
