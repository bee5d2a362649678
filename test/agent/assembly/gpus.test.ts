import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import test, { type ExecutionContext } from 'ava'
import { releaseGpus, takeGpus } from '../../../agent/assembly/gpu_release.ts'
import { LocalMachine } from '../../../agent/assembly/machine.ts'
import { openMachineJournal } from '../../../agent/journal.ts'
import { agentOptions } from '../../../agent/options.ts'
import { processTable } from '../../../agent/runtime/processes.ts'
import { startChild } from '../../../agent/telemetry/child.ts'
import { RELEASE_FILE, isReleased } from '../../../agent/telemetry/release_file.ts'
import type { Kept } from '../../../agent/telemetry/sampler.ts'
import { resolveOptions } from '../../../shared/config.ts'
import { createLogger } from '../../../shared/log.ts'
import { epoch } from '../../../shared/model/ids.ts'
import { instant, minutes } from '../../../shared/model/time.ts'
import { hasProgram, onlyWhere } from '../../conditional.ts'
import { standIn } from '../../fixtures/nvml/standin.ts'
import { tree } from '../../fixtures/proc/tree.ts'
import { bench, realClock, take, until } from '../runtime/fixture.ts'

/** A machine whose reader of GPUs writes down what is asked of it. */
async function machine(t: ExecutionContext, kept: readonly Kept[]) {
  const { directory, host, runtime } = bench(t)
  const asked: string[] = []
  const directories = { stateDir: 'state', scratchDir: 'scratch', runDir: 'run' }
  const flags = Object.fromEntries(Object.entries(directories).map(([name, path]) => [name, join(directory, path)]))
  const given = { prefix: 'X_', environment: {}, file: { path: '/nonexistent', required: false } }
  const options = take(resolveOptions(agentOptions, { ...given, flags: { ...flags, sanitiseScope: 'placement' } }))
  const { journal } = take(await openMachineJournal(join(directory, 'journal')))
  t.teardown(async () => journal.close())
  const local = new LocalMachine({
    options,
    host: { facts: host, cgroup: { kind: 'absent', reason: 'none' }, bootId: '', tenantUids: null },
    runtime,
    processes: processTable(),
    journal,
    slots: () => 1,
    clock: realClock,
    log: createLogger('test', 'silent'),
    freeBytesMin: 0,
    checkRunner: null,
    devices: {
      release: async () => {
        asked.push('release')
        return Promise.resolve(kept)
      },
      take: () => {
        asked.push('take')
      },
    },
  })
  return { local, asked }
}

test('a hand-back has GPUs and disks for itself', async (t) => {
  const { local, asked } = await machine(t, [])
  const report = await local.sanitise(epoch(1), null)
  t.true(report.clean)
  t.deepEqual(asked, ['release', 'take'])
})

test('a machine whose devices keep their readers is not clean, and the rest of the hand-back is done', async (t) => {
  const { local, asked } = await machine(t, ['gpus', 'disks'])
  const report = await local.sanitise(epoch(1), null)
  t.false(report.clean)
  t.like(report.steps[0], { id: 'release_gpus', passed: false })
  t.regex(report.steps[0]?.detail ?? '', /their driver hangs/)
  t.like(report.steps[1], { id: 'release_disks', passed: false })
  t.is(report.steps[2]?.id, 'known_placements')
  t.deepEqual(asked, ['release', 'take'])
})

const withGcc = onlyWhere(test, hasProgram('gcc'), 'gcc')
const PROGRAM = join(import.meta.dirname, '../../../bin/billet-agent.ts')

withGcc('a person gets the GPUs at once, for as long as they said', async (t) => {
  const { library } = standIn(t, ['devices 2'])
  const stateDir = tree(t, {}).root
  let isReading = false
  let end = ''
  const child = startChild([process.execPath, PROGRAM, 'gpu-reader', library], {
    output: () => {
      isReading = true
    },
    ended: (reason) => {
      end = reason
    },
  })
  t.teardown(() => child.kill())
  await until(() => isReading)
  t.deepEqual(await releaseGpus(minutes(10), { stateDir, clock: realClock, agent: process.pid }), {
    ok: true,
    value: undefined,
  })
  t.false(existsSync(`/proc/${child.pid}/exe`))
  await until(() => end !== '')
  t.is(end, 'ended with SIGTERM')
  const path = join(stateDir, RELEASE_FILE)
  t.true(isReleased(path, realClock.now()))
  t.false(isReleased(path, instant(realClock.now() + minutes(11))))
  takeGpus(stateDir)
  t.false(isReleased(path, realClock.now()))
  for (const text of ['', 'soon', '-1', '9'.repeat(40)]) {
    writeFileSync(path, text)
    t.false(isReleased(path, realClock.now()), text)
  }
})

test('without an agent there is nobody to ask, and a directory that is not there is a refusal', async (t) => {
  const stateDir = tree(t, {}).root
  t.true((await releaseGpus(minutes(1), { stateDir, clock: realClock, agent: null })).ok)
  const refused = await releaseGpus(minutes(1), { stateDir: '/nonexistent', clock: realClock, agent: null })
  t.regex(refused.ok ? '' : refused.error, /ENOENT/)
})
