import { mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import test, { type ExecutionContext } from 'ava'
import type { Journaled } from '../../../agent/core/state.ts'
import { openMachineJournal } from '../../../agent/journal.ts'
import {
  epoch,
  parseMachineId,
  parsePlacementId,
  parseTenantName,
  parseWorkloadId,
  term,
} from '../../../shared/model/ids.ts'
import { hours, instant, minutes, seconds } from '../../../shared/model/time.ts'
import { refusal, take } from '../runtime/fixture.ts'

function place(t: ExecutionContext): string {
  const directory = mkdtempSync(`${tmpdir()}/billet-journal-`)
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  return `${directory}/machine`
}

function state(number: number): Journaled {
  return {
    machine: take(parseMachineId('mch-0000000000000001')),
    epoch: epoch(number),
    term: term(2),
    state: 'running',
    placement: {
      placement: take(parsePlacementId('plc-0000000000000001')),
      workload: take(parseWorkloadId('wkl-0000000000000001')),
      tenant: take(parseTenantName('acme')),
      tenantNumber: 5,
      startedAt: instant(17),
      held: false,
      lease: seconds(60),
      timeLimit: { limit: hours(2), warning: { signal: 'SIGUSR1', before: minutes(5) } },
      runsSince: seconds(3),
      warned: true,
    },
    outcome: { kind: 'exited', code: 7, reason: '', at: instant(18) },
    handBack: {
      epoch: epoch(1),
      clean: true,
      steps: [{ id: 'a', passed: true, detail: 'b', durationMs: 0.5 }],
      at: instant(19),
    },
    validation: { validation: 3, passed: true, checks: [] },
  }
}

async function saved(path: string, states: readonly Journaled[]): Promise<void> {
  const { journal } = take(await openMachineJournal(path))
  for (const one of states) take(await journal.save(one))
  await journal.close()
}

async function reopened(path: string): Promise<Journaled | null> {
  const { journal, state: found } = take(await openMachineJournal(path))
  await journal.close()
  return found
}

test('a new machine has no state, and what was saved last is what is found', async (t) => {
  const path = place(t)
  t.is(await reopened(path), null)
  t.is(await reopened(path), null)
  await saved(path, [state(1), state(2), state(3)])
  t.deepEqual(await reopened(path), state(3))
  await saved(path, [state(4)])
  t.deepEqual(await reopened(path), state(4))
})

test('saves asked for together are answered together, the newest winning', async (t) => {
  const path = place(t)
  const { journal } = take(await openMachineJournal(path))
  const done = await Promise.all(Array.from({ length: 50 }, (_none, number) => journal.save(state(number))))
  t.true(done.every((one) => one.ok))
  await journal.close()
  t.deepEqual(await reopened(path), state(49))
})

test('a write torn by a crash leaves the state that was answered for', async (t) => {
  const path = place(t)
  await saved(path, [state(1), state(2)])
  const bytes = readFileSync(path)
  for (const cut of [10, 70, 200]) {
    const torn = Buffer.from(bytes)
    // Save 3 goes where save 1 was: the second half of the file.
    torn.fill(0x41, 64 * 1024 + cut, 64 * 1024 + cut + 300)
    writeFileSync(path, torn)
    t.deepEqual(await reopened(path), state(2))
  }
})

test('a damaged journal is set aside and refused, and the next one begins anew', async (t) => {
  const path = place(t)
  await saved(path, [state(1)])
  const bytes = readFileSync(path)
  bytes.fill(0x41, 64 * 1024 + 100, 64 * 1024 + 120)
  writeFileSync(path, bytes)
  t.is(refusal(await openMachineJournal(path)).kind, 'journal_corrupt')
  t.deepEqual(readdirSync(path.replace('/machine', '')), ['machine.corrupt-1'])
  await saved(path, [state(9)])
  truncateSync(path, 50)
  writeFileSync(path, 'x', { flag: 'a' })
  t.is(refusal(await openMachineJournal(path)).kind, 'journal_corrupt')
  t.is(await reopened(path), null)
})

test('a state too large, or a place that cannot be written, is said so', async (t) => {
  const path = place(t)
  const { journal } = take(await openMachineJournal(path))
  const steps = [{ id: 'a', passed: true, detail: 'x'.repeat(70_000), durationMs: 0 }]
  const large = { ...state(1), handBack: { epoch: epoch(1), clean: true, steps, at: instant(1) } }
  t.is(refusal(await journal.save(large)).kind, 'journal_too_large')
  take(await journal.save(state(2)))
  await journal.close()
  t.is(refusal(await openMachineJournal('/proc/billet/none')).kind, 'journal_unwritable')
})
