import test from 'ava'
import { withPlaces } from '../../build/places.ts'
import { type Program, bundle, programs } from '../../build/programs.ts'

/** Every byte of this script is in the memory of every tenant's machine, and much of what it loads besides. */
const agent = bundled('billet-agent')
const SCRIPT_BYTES_MAX = 885_000

async function bundled(name: Program['name']) {
  const program = programs.find((one) => one.name === name)
  if (program === undefined) throw new Error(`there is no program ${name}`)
  return bundle(program)
}

const packageOf = (source: string): string[] =>
  [...source.matchAll(/node_modules\/(?<name>(?:@[^/]+\/)?[^/]+)/g)]
    .slice(-1)
    .map((found) => found.groups?.['name'] ?? '')

test('an agent loads these packages at its start, and no other', async (t) => {
  const { sources } = await agent
  const packages = [...new Set(sources.flatMap(packageOf))].filter((name) => !name.startsWith('@protobufjs/'))
  t.deepEqual(packages.toSorted(), [
    '@grpc/grpc-js',
    '@grpc/proto-loader',
    '@js-sdsl/ordered-map',
    '@pinojs/redact',
    'atomic-sleep',
    'commander',
    'lodash.camelcase',
    'long',
    'on-exit-leak-free',
    'pino',
    'pino-std-serializers',
    'protobufjs',
    'quick-format-unescaped',
    'safe-stable-stringify',
    'smol-toml',
    'sonic-boom',
    'thread-stream',
    'valibot',
  ])
})

test('of ours, an agent loads its own part and what is shared', async (t) => {
  const { sources } = await agent
  const ours = sources.filter((source) => packageOf(source).length === 0 && !source.startsWith('part:'))
  t.deepEqual(
    ours.filter((source) => !/^(?:agent|shared|bin\/billet-agent\.ts$)/.test(source)),
    [],
  )
})

test('what collects the inventory, measures, or calls drivers and disks, the agent itself does not load', async (t) => {
  const { parts, sources } = await agent
  t.deepEqual([...parts.keys()].toSorted(), [
    'agent/checks/own/main.ts',
    'agent/inventory/collect.ts',
    'agent/telemetry/nvml/print.ts',
    'agent/telemetry/nvml/serve.ts',
    'agent/telemetry/system/serve.ts',
  ])
  t.deepEqual(
    [...parts.keys()].filter((part) => sources.includes(part)),
    [],
  )
  t.true(parts.get('agent/inventory/collect.ts')?.includes('systeminformation') ?? false)
})

test('of the contract, an agent loads its own services', async (t) => {
  const { script } = await agent
  t.true(script.includes('billet.v1.AgentService'))
  t.false(script.includes('WorkloadService'))
})

test('the script stays small', async (t) => {
  const { script } = await agent
  t.true(script.length <= SCRIPT_BYTES_MAX, `${script.length} bytes, ${SCRIPT_BYTES_MAX} are allowed`)
})

test('a place in the script can be told from the map', async (t) => {
  const { script, map } = await agent
  const text = script.toString()
  const at = text.indexOf('"agent ready"')
  const before = text.slice(0, at).split('\n')
  const place = `at a.b (billet-agent.cjs:${before.length}:${(before.at(-1)?.length ?? 0) + 1})`
  t.regex(withPlaces(place, map?.toString() ?? ''), /^at a\.b \(agent\/main\.ts:\d+:\d+\)$/)
})
