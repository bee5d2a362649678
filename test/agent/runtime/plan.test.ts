import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { array, assert, constantFrom, oneof, property, string } from 'fast-check'
import { ENVIRONMENT, taskEnvironment } from '../../../agent/runtime/environment.ts'
import { type PrepareStep, planPlacement } from '../../../agent/runtime/plan.ts'
import { parseExitRecord, parseProcessRecord, signalOfCode, taskScript } from '../../../agent/runtime/shim.ts'
import type { HostFacts } from '../../../agent/runtime/types.ts'
import { NO_LIMITS, type TaskSpec } from '../../../shared/model/task.ts'
import { bench, task } from './fixture.ts'

const host: HostFacts = {
  root: true,
  cgroupRoot: '/cg',
  controllers: ['memory', 'cpu', 'pids'],
  deviceGroups: [],
  rootTasksAllowed: false,
  paths: { state: '/s', scratch: '/w', run: '/r' },
}

const TENANT_WORD = 'tenant-said-this'

test('nothing that a tenant says is in what root reads to start the task', (t) => {
  const facts = bench(t).facts()
  const said = task([TENANT_WORD, `'; ${TENANT_WORD}`], { env: { V: TENANT_WORD, LD_PRELOAD: TENANT_WORD } })
  const launched = (spec: TaskSpec): readonly PrepareStep[] =>
    planPlacement(spec, facts, host, 'once').steps.filter((step) => step.kind === 'file' && step.owner === null)
  t.deepEqual(launched(said), launched(task(['other'])))
  // Beside it which machines there are, for the task alone to read, and that it was told of these.
  const names = launched(said).map((step) => (step.kind === 'file' ? step.path : step.kind))
  t.deepEqual(names, ['peers.json', 'peers_told', 'launch-once'])
})

test('a task file gives the task its arguments and variables byte for byte, whatever is in them', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'billet-script-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  const file = join(directory, 'task')
  const text = oneof(
    string({ unit: 'binary' }),
    string({ unit: constantFrom("'", '"', '\\', '\n', '$', '`', ';', '\u0081', '!', '*', ' ', '\r') }),
  ).map((one) => one.replaceAll('\0', ''))
  assert(
    property(array(text, { maxLength: 4 }), text, (words, value) => {
      const print = ['sh', '-c', 'printf "%s\\0" "$V" "$PWD" "$@"', 'print', ...words]
      writeFileSync(file, taskScript({ argv: print, environment: { PATH: '/usr/bin:/bin', V: value }, cwd: directory }))
      const printed = execFileSync('/bin/sh', [file], { env: {} })
      const expected = [value, directory, ...words].map((word) => `${word}\0`).join('')
      return printed.equals(Buffer.from(expected))
    }),
    { numRuns: 60 },
  )
  t.pass()
})

test('limits go to the cgroup where it has the controller', (t) => {
  const facts = bench(t).facts()
  const limits = { ...NO_LIMITS, memoryBytes: 1 << 30, cpuCores: 1.5, processes: 10 }
  const full = planPlacement(task(['x'], { limits }), facts, host, 'once')
  t.true(full.limits.every((limit) => limit.enforcedBy === 'cgroup'))
  const cgroup = full.steps.find((step) => step.kind === 'cgroup')
  t.like(
    cgroup?.settings.find((setting) => setting.file === 'cpu.max'),
    { value: '150000 100000' },
  )
  const bare = planPlacement(task(['x'], { limits }), facts, { ...host, controllers: [] }, 'once')
  t.deepEqual(
    bare.limits.map((limit) => [limit.limit, limit.enforcedBy]),
    [
      ['memory', 'rlimit'],
      ['processes', 'rlimit'],
      ['cpu', 'nothing'],
    ],
  )
})

test('all that the documentation names is in the environment, and nothing else', (t) => {
  const facts = bench(t).facts()
  const given = taskEnvironment(task(['x']), facts, { scratch: '/a', secrets: '/b', hostfile: '/c', peers: '/d' })
  t.deepEqual(Object.keys(given).toSorted(), Object.keys(ENVIRONMENT).toSorted())
})

test('records of any content are read or refused, never mistaken', (t) => {
  assert(property(string(), (text) => parseExitRecord(text).kind === 'pending' || /^(exited|setup)/.test(text)))
  assert(property(string(), (text) => !parseProcessRecord(text).ok || text.endsWith('\n')))
  t.deepEqual(parseExitRecord('exited 7'), { kind: 'pending' })
  t.deepEqual(parseExitRecord('exited 7\n   \n'), { kind: 'exited', code: 7 })
  t.is(signalOfCode(143), 'SIGTERM')
  t.is(signalOfCode(128), null)
  t.is(signalOfCode(255), null)
})
