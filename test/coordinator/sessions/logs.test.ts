import test, { type ExecutionContext } from 'ava'
import type { LogPiece } from '../../../coordinator/sessions/log_readers.ts'
import type { BilletError } from '../../../shared/model/errors.ts'
import type { PlacementId } from '../../../shared/model/ids.ts'
import type { Result } from '../../../shared/model/result.ts'
import { must, passed, spec, tenant } from '../../fixtures.ts'
import type { FakeAgent, Script } from './fake_agent.ts'
import { type Machine, Rig, admin } from './fixture.ts'

type Placed = {
  readonly rig: Rig
  readonly machine: Machine
  readonly agent: FakeAgent
  readonly placement: PlacementId
}

const validating: Script = (agent, { welcome }) => {
  if (welcome !== undefined) agent.report({ validation: passed(1) })
}

/** A machine whose agent says nothing by itself, with a workload on it. */
async function placed(t: ExecutionContext): Promise<Placed> {
  const rig = await Rig.start(t)
  const machine = await rig.machine()
  const agent = await rig.connect(machine, validating)
  await rig.until(() => rig.record(machine).state === 'available')
  const asked = { caller: admin, tenant: tenant('a'), displayName: '', spec: spec(), digest: '' }
  must(await rig.loop.submit({ kind: 'submit_workload', ...asked }))
  await rig.until(() => rig.record(machine).placement !== null)
  const { placement } = rig.record(machine)
  if (placement === null) throw new Error('no placement')
  return { rig, machine, agent, placement }
}

const following = () => ({ follow: true, tailBytes: 0, signal: new AbortController().signal })
const CHUNK = Buffer.alloc(32 * 1024, 'x')
const WINDOW = 256 * 1024

async function next(pieces: AsyncIterator<Result<LogPiece, BilletError>>): Promise<Result<LogPiece, BilletError>> {
  const item = await pieces.next()
  if (item.done === true) throw new Error('the log is at its end')
  return item.value
}

test('a reader gets both streams, what is no longer kept, and the end', async (t) => {
  const { rig, agent, placement } = await placed(t)
  const pieces = rig.logs.open(placement, { ...following(), follow: false, tailBytes: 100 })
  const { log } = await agent.take('log')
  t.like(log, { placement: `placements/${placement}`, follow: false, tail_bytes: 100, window_bytes: WINDOW })
  const reader = log?.reader ?? 0
  agent.say({ log_chunk: { reader, stream: 1, data: Buffer.from('out'), offset: 7, skipped_bytes: 7 } })
  agent.say({ log_chunk: { reader, stream: 2, data: Buffer.from('err'), offset: 0 } })
  agent.say({ log_chunk: { reader, end: true } })
  const read: LogPiece[] = []
  for await (const piece of pieces) read.push(must(piece))
  t.deepEqual(
    read.map(({ stream, data, offset, skippedBytes }) => [stream, Buffer.from(data).toString(), offset, skippedBytes]),
    [
      ['stdout', 'out', 7, 7],
      ['stderr', 'err', 0, 0],
    ],
  )
  await agent.settled()
  t.is(agent.count('log_cancel'), 0)
})

test('a machine is granted what was read and no more, so a reader that stops stops the sending', async (t) => {
  const { rig, agent, placement } = await placed(t)
  const pieces = rig.logs.open(placement, following())
  const reader = (await agent.take('log')).log?.reader ?? 0
  for (let sent = 0; sent < WINDOW; sent += CHUNK.length) {
    agent.say({ log_chunk: { reader, stream: 1, data: CHUNK, offset: sent } })
  }
  await agent.settled()
  t.is(agent.count('log_grant'), 0, 'nothing was read')
  let granted = 0
  for (let read = 0; read < WINDOW; read += CHUNK.length) must(await next(pieces))
  const waiting = next(pieces)
  await agent.settled()
  for (const heard of agent.heard) granted += heard.log_grant?.bytes ?? 0
  t.is(granted, WINDOW)
  agent.say({ log_chunk: { reader, stream: 1, data: Buffer.from('more'), offset: WINDOW } })
  t.is(must(await waiting).offset, WINDOW)
})

test('a machine that sends more than it was granted loses its session, and its reader is told', async (t) => {
  const { rig, agent, placement } = await placed(t)
  const pieces = rig.logs.open(placement, following())
  const reader = (await agent.take('log')).log?.reader ?? 0
  for (let sent = 0; sent < 2 * WINDOW; sent += CHUNK.length) {
    agent.say({ log_chunk: { reader, stream: 1, data: CHUNK, offset: sent } })
  }
  t.is((await agent.end)?.kind, 'invalid_argument')
  let last: Result<LogPiece, BilletError> | undefined
  for await (const piece of pieces) last = piece
  t.like(last, { ok: false, error: { kind: 'machine_unreachable' } })
})

test('a reader that leaves, or whose signal fires, tells the machine to stop', async (t) => {
  const { rig, agent, placement } = await placed(t)
  const first = rig.logs.open(placement, following())
  const reader = (await agent.take('log')).log?.reader ?? 0
  const waiting = first.next()
  await first.return()
  t.true((await waiting).done)
  t.is((await agent.take('log_cancel')).log_cancel, reader)
  const controller = new AbortController()
  const second = rig.logs.open(placement, { ...following(), signal: controller.signal })
  const other = (await agent.take('log')).log?.reader ?? 0
  agent.say({ log_chunk: { reader: other, stream: 1, data: CHUNK, offset: 0 } })
  await agent.settled()
  controller.abort()
  t.true((await second.next()).done)
  t.is((await agent.take('log_cancel')).log_cancel, other)
  agent.say({ log_chunk: { reader: other, stream: 1, data: CHUNK, offset: CHUNK.length } })
  await agent.settled()
  t.is(agent.count('log_grant'), 0)
})

test('the end of the session ends its readers, also where a newer one took its place', async (t) => {
  const { rig, machine, agent, placement } = await placed(t)
  const orphaned = rig.logs.open(placement, following())
  await agent.take('log')
  const newer = await rig.connect(machine, () => {}, { report: {} })
  t.like(await next(orphaned), { ok: false, error: { kind: 'machine_unreachable' } })
  t.true((await orphaned.next()).done)
  const again = rig.logs.open(placement, following())
  const reader = (await newer.take('log')).log?.reader ?? 0
  newer.say({ log_chunk: { reader, error: 'there is no log' } })
  t.like(await next(again), { ok: false, error: { kind: 'state_conflict' } })
  t.true((await again.next()).done)
  newer.close()
  await rig.until(() => rig.record(machine).connection === 'silent')
  t.like(await next(rig.logs.open(placement, following())), { ok: false, error: { kind: 'machine_unreachable' } })
})

test('a machine cannot write into the log of another', async (t) => {
  const { rig, agent, placement } = await placed(t)
  const other = await rig.machine()
  const liar = await rig.connect(other)
  const pieces = rig.logs.open(placement, following())
  const reader = (await agent.take('log')).log?.reader ?? 0
  liar.say({ log_chunk: { reader, stream: 1, data: Buffer.from('a lie'), offset: 0 } })
  t.is((await liar.end)?.kind, 'invalid_argument')
  agent.say({ log_chunk: { reader, stream: 1, data: Buffer.from('the truth'), offset: 0, end: true } })
  t.is(Buffer.from(must(await next(pieces)).data).toString(), 'the truth')
  t.true((await pieces.next()).done)
})
