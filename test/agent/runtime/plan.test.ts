import test from 'ava'
import { array, assert, property, string } from 'fast-check'
import { ENVIRONMENT, taskEnvironment } from '../../../agent/runtime/environment.ts'
import { planPlacement } from '../../../agent/runtime/plan.ts'
import {
  LOADER_SCRIPT,
  SHIM_SCRIPT,
  parseExitRecord,
  parseProcessRecord,
  signalOfCode,
} from '../../../agent/runtime/shim.ts'
import type { HostFacts } from '../../../agent/runtime/types.ts'
import { NO_LIMITS } from '../../../shared/model/task.ts'
import { bench, task } from './fixture.ts'

const host: HostFacts = {
  root: true,
  cgroupRoot: '/cg',
  controllers: ['memory', 'cpu', 'pids'],
  deviceGroups: [],
  rootTasksAllowed: false,
  paths: { state: '/s', scratch: '/w', run: '/r' },
}

test('no text of a tenant ever becomes shell source', (t) => {
  const facts = bench(t).facts()
  assert(
    property(array(string(), { minLength: 1 }), string(), (argv, value) => {
      const plan = planPlacement(task(argv, { env: { V: value } }), facts, host)
      const { argv: launched } = plan.launch
      const sources = launched.filter(
        (_word, index) => launched[index - 1] === '-c' && index < launched.length - argv.length,
      )
      return (
        sources.length === 2 &&
        sources[0] === SHIM_SCRIPT &&
        sources[1] === LOADER_SCRIPT &&
        launched.slice(-argv.length).every((word, index) => word === argv[index])
      )
    }),
  )
  t.pass()
})

test('every process before the task finds only names of our own in its environment', (t) => {
  const facts = bench(t).facts()
  const names = Object.keys(planPlacement(task(['x'], { env: { LD_PRELOAD: 'x', PATH: 'y' } }), facts, host).launch.env)
  t.deepEqual(
    names.filter((name) => name !== 'PATH' && !/^BILLET_LOAD_\d+$/.test(name)),
    [],
  )
})

test('limits go to the cgroup where it has the controller', (t) => {
  const facts = bench(t).facts()
  const limits = { ...NO_LIMITS, memoryBytes: 1 << 30, cpuCores: 1.5, processes: 10 }
  const full = planPlacement(task(['x'], { limits }), facts, host)
  t.true(full.limits.every((limit) => limit.enforcedBy === 'cgroup'))
  const cgroup = full.steps.find((step) => step.kind === 'cgroup')
  t.like(
    cgroup?.settings.find((setting) => setting.file === 'cpu.max'),
    { value: '150000 100000' },
  )
  const bare = planPlacement(task(['x'], { limits }), facts, { ...host, controllers: [] })
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
  const given = taskEnvironment(task(['x']), facts, { scratch: '/a', secrets: '/b', hostfile: '/c' })
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
