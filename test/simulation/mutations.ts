import type { Mutation } from './mutation.ts'
import { schedulerMutations } from './scheduler_mutations.ts'

const orders = 'agent/core/orders.ts'
const agent = 'agent/core/agent.ts'
const absorb = 'agent/core/absorb.ts'
const table = 'agent/core/table.ts'
const placements = 'coordinator/core/placements.ts'
const agents = 'coordinator/core/agents.ts'
const commit = 'coordinator/core/commit.ts'
const lifecycle = 'coordinator/core/lifecycle.ts'
const workloads = 'coordinator/core/workloads.ts'
const limits = 'agent/core/limits.ts'
const commands = 'agent/core/commands.ts'
const fleetCommands = 'coordinator/core/commands.ts'
const feed = 'coordinator/feed.ts'
const watch = 'coordinator/api/watch_place.ts'
const policies = 'shared/model/policies.ts'
const restarts = 'coordinator/core/restarts.ts'
const upkeep = 'coordinator/core/upkeep.ts'

/**
 * What a programmer might do to this code in a bad hour. Each must be found. Left out are checks that another check
 * stands behind: taking one of those away alone breaks no law.
 */
export const mutations: readonly Mutation[] = [
  { name: 'obey orders of an older epoch', file: orders, from: 'order.epoch < fence.epoch', to: 'false' },
  {
    name: 'act on an epoch before it is durable',
    file: agent,
    from:
      "return { state: { ...state, activity: { kind: 'taking', next } }, effects: [{ kind: " +
      "'persist', record: next }] }",
    to: "return { state: { ...state, record: next, saved: next }, effects: [{ kind: 'persist', record: next }] }",
  },
  {
    name: 'free a machine before it is sanitised (agent)',
    file: absorb,
    from: "change(state, { state: 'sanitising', outcome: input.outcome }) : state",
    to:
      "change(state, { state: 'clean', outcome: input.outcome, handBack: { epoch: record.epoch, " +
      'clean: true, steps: [], at: now } }) : state',
  },
  {
    name: 'start before the coordinator says go',
    file: table,
    from: "prepared: { unknown: rest, idle: 'abandon', prepare: rest,",
    to: "prepared: { unknown: rest, idle: 'abandon', prepare: 'start',",
  },
  {
    name: 'say go before every rank is ready',
    file: workloads,
    from: 'ranks.every((rank) => IS_READY.has(rank.phase))',
    to: 'ranks.some((rank) => IS_READY.has(rank.phase))',
  },
  {
    name: 'take a failed hand-back for a clean one (coordinator)',
    file: placements,
    from: 'if (handBack.clean) {',
    to: 'if (handBack !== null) {',
  },
  {
    name: 'place without raising the epoch',
    file: commit,
    from: 'const raised = epoch(machine.epoch + 1)',
    to: 'const raised = epoch(machine.epoch)',
  },
  {
    name: 'free a machine before it is sanitised (coordinator)',
    file: lifecycle,
    from: "allocated: { release: 'sanitising',",
    to: "allocated: { release: 'available',",
  },
  {
    name: 'skip the hand-back in the life of a machine',
    file: lifecycle,
    from: "allocated: { release: 'sanitising',",
    to: "allocated: { release: 'validating',",
  },
  {
    name: 'forget which requests were carried out',
    file: 'coordinator/core/handler.ts',
    from: 'if (before === undefined || before.digest === digest) return ok(before)',
    to: 'if (before === undefined || before.digest === digest) return ok(undefined)',
  },
  {
    name: 'begin with the term of before',
    file: upkeep,
    from: 'term: term(before.term + 1)',
    to: 'term: before.term',
  },
  {
    name: 'answer before the commit',
    file: 'test/simulation/coordinator.ts',
    from: 'if (writes.length === 0) return finish(true)',
    to: 'for (const answer of answers) answer()\n    if (writes.length === 0) return finish(true)',
  },
  {
    name: 'skip the sync of the journal',
    file: 'test/simulation/machine.ts',
    from: "this.#input({ kind: 'persisted', record })\n    })\n  }\n\n  #find",
    to:
      "this.#input({ kind: 'persisted', record })\n    })\n    this.#writing.length = 0\n    " +
      "this.#input({ kind: 'persisted', record })\n  }\n\n  #find",
  },
  {
    name: 'give two tenants one user id',
    file: 'coordinator/core/tenants.ts',
    from: 'nextTenantNumber: cluster.nextTenantNumber + 1',
    to: 'nextTenantNumber: cluster.nextTenantNumber',
  },
  {
    name: 'end a workload without stopping its other ranks',
    file: workloads,
    from: "enter(draft, placement, 'stopping', stop.reason)",
    to: 'void placement',
  },
  {
    name: 'end a workload with its first rank',
    file: workloads,
    from: 'const areOver = ranks.every((rank) => isOver(rank.phase))',
    to: 'const areOver = ranks.some((rank) => isOver(rank.phase))',
  },
  {
    name: 'give two workloads one place in the queue',
    file: workloads,
    from: 'nextSequence: nextSequence + size',
    to: 'nextSequence',
  },
  {
    name: 'keep the number of the last validation',
    file: commit,
    from: 'validation: machine.validation + 1,',
    to: 'validation: machine.validation,',
  },
  {
    name: 'never say that a machine came clean',
    file: 'agent/core/report.ts',
    from: 'one.state === other.state &&',
    to: '',
  },
  {
    name: 'prepare again what was begun',
    file: absorb,
    from: "if (!begun) return change(state, { state: 'preparing' })",
    to: "return change(state, { state: 'idle', placement: null })",
  },
  {
    name: 'do not look for what an earlier agent began',
    file: absorb,
    from: '!UNDER_WAY.has(record.state)) return quiet(state)',
    to: 'UNDER_WAY.has(record.state)) return quiet(state)',
  },
  {
    name: 'replace a run at the end of its lease',
    file: policies,
    from: 'return milliseconds(Math.ceil(overAfter(lease, grace) * (1 + DRIFT)) + margin)',
    to: 'return lease',
  },
  {
    name: 'let every restart of an agent renew its lease',
    file: agent,
    from: '    renewedAt,\n    extended: null,',
    to: '    renewedAt: milliseconds(1e9),\n    extended: null,',
  },
  {
    name: 'count the lease by a clock that is set',
    file: 'shared/clock.ts',
    from: 'at += passed + Math.max(-passed * SLEW, Math.min(passed * SLEW, behind))',
    to: 'at = clock.now()',
  },
  {
    name: 'run again before the former run is over',
    file: restarts,
    from: 'if (!isOver(placement.phase)) return false',
    to: 'if (isOver(placement.phase)) return true',
  },
  {
    name: 'take a lost run for one that is over',
    file: agents,
    from: "mustMove(draft, loseMachine(draft, machine, reason, false), 'release', reason)\n}",
    to: "mustMove(draft, loseMachine(draft, machine, reason, true), 'release', reason)\n}",
  },
  {
    name: 'forget which ranks wait for a machine',
    file: restarts,
    from: 'return needed.toSorted((left, right) => left - right)',
    to: 'return []',
  },
  {
    name: 'run a workload again without end',
    file: restarts,
    from: 'if (counted.length >= restart.attempts) return null',
    to: '',
  },
  {
    name: 'leave the end of a lease to the agent alone',
    file: agent,
    from: 'return { placement: placement.placement, until }',
    to: 'return { placement: placement.placement, until: milliseconds(until + 1e9) }',
  },
  {
    name: 'never end a run at the end of its lease',
    file: limits,
    from: 'renewedAt === null ? 0 : renewedAt + lease)',
    to: '1e9)',
  },
  {
    name: 'begin what an older order wanted when a lease is renewed',
    file: 'test/simulation/network.ts',
    from: 'this.#order(session, wanted)\n        machine.renewed(sentAt, wanted.term)',
    to: 'machine.renewed(sentAt, wanted.term)\n        this.#order(session, wanted)',
  },
  {
    name: 'forget the commands that an earlier agent began',
    file: commands,
    from: "this.#entries.set(id, { kind: 'over', progress: unknown(INTERRUPTED) })",
    to: 'this.#entries.delete(id)',
  },
  {
    name: 'keep the commands that an earlier agent began for ever',
    file: commands,
    from: "if (kind === 'intended') this.#entries.set(",
    to: "if (kind !== 'intended') void (",
  },
  {
    name: 'take a command that an earlier agent began for a success',
    file: commands,
    from: "this.#entries.set(id, { kind: 'over', progress: unknown(INTERRUPTED) })",
    to:
      "this.#entries.set(id, { kind: 'over', progress: { ...unknown(INTERRUPTED), state: 'exited', " +
      'exitCode: 0 } })',
  },
  {
    name: 'run a command again whose result was acknowledged',
    file: commands,
    from: "if (known?.kind === 'acknowledged') {",
    to: 'if (false) {',
  },
  {
    name: 'forget a command with its result',
    file: commands,
    from: "return this.#entries.get(id)?.kind === 'over' ? this.#set(id, { kind: 'acknowledged' }) : null",
    to: "this.#entries.delete(id)\n    return { kind: 'acknowledged' }",
  },
  {
    name: 'skip the sync of a command that is intended',
    file: 'test/simulation/commands.ts',
    from: 'this.#write(id, entry, (isWritten) => {',
    to:
      'this.#write(id, entry, () => {})\n    void ((settle: (isWritten: boolean) => void) => settle(true))' +
      '((isWritten) => {',
  },
  {
    name: 'begin a command whose intent could not be written',
    file: 'test/simulation/commands.ts',
    from: 'if (!isWritten) {',
    to: 'if (isWritten === null) {',
  },
  {
    name: 'take the last end of a command that is told, and not the first',
    file: fleetCommands,
    from: 'if (command === undefined || run === undefined || commandIsOver(run.state)) return',
    to: 'if (command === undefined || run === undefined) return',
  },
  {
    name: 'never acknowledge the end of a command',
    file: fleetCommands,
    from: "if (commandIsOver(progress.state)) draft.effect({ kind: 'acknowledge_command', machine, command: id })",
    to: '',
  },
  {
    name: 'take every end of a command for a success',
    file: fleetCommands,
    from: '{ ...run, ...progress }',
    to: "{ ...run, ...progress, state: commandIsOver(progress.state) ? 'exited' : progress.state }",
  },
  {
    name: 'go on with a watch one revision late',
    file: watch,
    from: 'this.#seen = seen\n',
    to: 'this.#seen = revision(seen > 0 ? seen + 1 : 0)\n',
  },
  {
    name: 'go on with a watch one revision early',
    file: watch,
    from: 'this.#seen = seen\n',
    to: 'this.#seen = revision(seen > 1 ? seen - 1 : seen)\n',
  },
  {
    name: 'tell no watcher what stopped matching',
    file: watch,
    from: '|| (before !== null && matches(before))',
    to: '',
  },
  {
    name: 'go on with a watch over a start, whatever may have stopped matching',
    file: watch,
    from: "if (item === 'unclear') return yield refuse(unclear(this.#seen, change.revision))",
    to: "if (item === 'unclear') continue",
  },
  {
    name: 'begin a watch at the revision before',
    file: watch,
    from: 'this.#seen = view.revision',
    to: 'this.#seen = revision(view.revision - 1)',
  },
  {
    name: 'count the changes for watchers from a start anew',
    file: feed,
    from: 'this.#first = at + 1 - earlier.length',
    to: 'this.#first = at + 1',
  },
  {
    name: 'let a watcher that lost its place go on with what is left',
    file: feed,
    from: 'if (place < 0) return refuse(compacted(seen, revision(this.#first - 1)))',
    to: 'if (place < 0) return ok(this.#changes.slice(0, limit))',
  },
  {
    name: 'keep the place of the first change when old ones are dropped for watchers',
    file: feed,
    from: 'this.#first += this.#changes.length - this.#kept',
    to: '',
  },
  {
    name: 'let a watch wait for a revision that was never reached',
    file: feed,
    from: 'if (place > this.#changes.length) return refuse(future(seen, this.revision()))',
    to: '',
  },
  {
    name: 'give watchers nothing of before a start',
    file: 'test/simulation/coordinator.ts',
    from: 'FEED_KEPT, this.#disk.recent())',
    to: 'FEED_KEPT, [])',
  },
  {
    name: 'tell watchers what could not be written',
    file: 'test/simulation/coordinator.ts',
    from: 'for (const waiting of batch) waiting.refuse()',
    to:
      'for (const waiting of batch) waiting.refuse()\n        ' +
      'this.#feed?.append(writes.map((write) => ({ ...write, revision: state.revision, before: null })))',
  },
  {
    name: 'give a machine that fails what is placed there one workload after the other',
    file: 'coordinator/core/placeable.ts',
    from: "if (machine.trouble !== null && machine.trouble.heldBack !== null) return 'FAILS_PLACEMENTS'",
    to: '',
  },
  {
    name: 'hold back no machine that fails what is placed there',
    file: 'coordinator/core/hold_back.ts',
    from: 'if (evidence === null || !mayHoldBack(draft.before)) return trouble',
    to: 'if (evidence === null || trouble.times === 0) return trouble',
  },
  ...schedulerMutations,
]
