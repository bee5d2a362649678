import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import test from 'ava'
import { processTable } from '../../../agent/runtime/processes.ts'
import type { Peer } from '../../../shared/model/run.ts'
import { isRoot, onlyWhere } from '../../conditional.ts'
import { type Bench, bench, refusal, shell, take, until, untilSaid } from './fixture.ts'

const asRoot = onlyWhere(test, isRoot, 'root')
const peer = (rank: number): Peer => ({ rank, address: `10.0.0.${rank + 1}`, group: rank > 1 ? 'ps' : '' })
const three = { peers: [peer(0), peer(1), peer(2)], generation: 2 }

const run = (own: Bench): string => `${own.host.paths.run}/${own.id()}`
const read = (own: Bench): unknown => JSON.parse(readFileSync(`${run(own)}/peers.json`, 'utf8'))

test('a task finds its peers in a file, and finds it changed when they are others', async (t) => {
  const own = bench(t)
  await own.begin(shell('cat "$BILLET_PEERS_FILE"; echo; echo ready; while [ ! -e go ]; do sleep 0.02; done'))
  await untilSaid(own, 'ready')
  t.deepEqual(JSON.parse((await own.output('stdout')).replace('ready', '')), {
    generation: 1,
    peers: own.facts().peers,
  })
  take(await own.runtime.tell(own.id(), three, null))
  t.deepEqual(read(own), { generation: 2, peers: three.peers })
  t.deepEqual(
    readdirSync(run(own)).filter((name) => name.includes('next')),
    [],
  )
})

const COUNTING = 'trap "echo told" USR1; echo ready; while [ ! -e go ]; do sleep 0.02 & wait $!; done'

test('the signal comes once for each change, after the file, and a later agent does not repeat it', async (t) => {
  const own = bench(t)
  const reading = COUNTING.replace('echo told', 'echo told; cat \\"$BILLET_PEERS_FILE\\"')
  await own.begin(shell(reading))
  await untilSaid(own, 'ready')
  take(await own.runtime.tell(own.id(), three, 'SIGUSR1'))
  await untilSaid(own, '"generation": 2')
  const later = own.another()
  take(await later.adopt(own.id()))
  take(await later.tell(own.id(), three, 'SIGUSR1'))
  take(await later.tell(own.id(), { ...three, generation: 3 }, 'SIGUSR1'))
  await untilSaid(own, '"generation": 3')
  t.is((await own.output('stdout')).match(/told/g)?.length, 2)
})

test('an agent that ended between the file and the signal sends it when it is back', async (t) => {
  const own = bench(t)
  await own.begin(shell(COUNTING))
  await untilSaid(own, 'ready')
  take(await own.runtime.tell(own.id(), three, null))
  writeFileSync(`${own.host.paths.state}/placements/${own.id()}/peers_told`, '1')
  take(await own.runtime.tell(own.id(), three, 'SIGUSR1'))
  await untilSaid(own, 'told')
  t.pass()
})

test('a process that does not expect the signal is not ended by it', async (t) => {
  const own = bench(t)
  const running = take(await own.begin(shell('echo ready; while [ ! -e go ]; do sleep 0.02; done; exit 4')))
  await untilSaid(own, 'ready')
  take(await own.runtime.tell(own.id(), three, 'SIGUSR1'))
  writeFileSync(`${own.host.paths.scratch}/${own.id()}/go`, '')
  t.like(await running.exit, { kind: 'exited', code: 4 })
})

test('one that blocks it for a moment is not ended by it, and one that waits for it is told', async (t) => {
  for (const [looks, code] of [
    [2, 4],
    [Number.POSITIVE_INFINITY, 128 + constants.signals.SIGUSR1],
  ] as const) {
    let left = looks
    const blocks = (): boolean => (left -= 1) >= 0
    const own = bench(t, { processes: { ...processTable(), blocks } })
    const running = take(await own.begin(shell('echo ready; while [ ! -e go ]; do :; done; exit 4')))
    await untilSaid(own, 'ready')
    take(await own.runtime.tell(own.id(), three, 'SIGUSR1'))
    writeFileSync(`${own.host.paths.scratch}/${own.id()}/go`, '')
    t.like(await running.exit, { kind: 'exited', code })
  }
})

test('who is told of newer peers while older ones are still being told of is not told again', async (t) => {
  let isFirst = true
  let isAsked = false
  const catches = (): boolean => {
    isAsked = true
    return !isFirst
  }
  const own = bench(t, { processes: { ...processTable(), catches, blocks: () => true } })
  const running = take(
    await own.begin(shell('trap "echo told" USR1; echo ready; while [ ! -e go ]; do :; done; exit 4')),
  )
  await untilSaid(own, 'ready')
  const first = own.runtime.tell(own.id(), three, 'SIGUSR1')
  await until(() => isAsked)
  isFirst = false
  const newer = { ...three, generation: 3 }
  take(await own.runtime.tell(own.id(), newer, 'SIGUSR1'))
  await untilSaid(own, 'told')
  take(await first)
  await untilSaid(own, 'told\ntold')
  take(await own.runtime.tell(own.id(), newer, 'SIGUSR1'))
  writeFileSync(`${own.host.paths.scratch}/${own.id()}/go`, '')
  t.like(await running.exit, { kind: 'exited', code: 4 })
  t.is(await own.output('stdout'), 'ready\ntold\ntold\n')
})

test('what an agent left half written is no hindrance, and readers never see a part', async (t) => {
  const own = bench(t)
  await own.begin(shell('echo ready; while [ ! -e go ]; do sleep 0.02; done'))
  await untilSaid(own, 'ready')
  writeFileSync(`${run(own)}/peers.json.next`, '{"generation":', { mode: 0o400 })
  t.like(read(own), { generation: 1 })
  take(await own.runtime.tell(own.id(), three, null))
  t.like(read(own), { generation: 2 })
})

test('a file that cannot be written is said to be so', async (t) => {
  const own = bench(t)
  await own.begin(shell('echo ready; while [ ! -e go ]; do sleep 0.02; done'))
  await untilSaid(own, 'ready')
  rmSync(run(own), { recursive: true })
  t.truthy(refusal(await own.runtime.tell(own.id(), three, null)))
  mkdirSync(run(own))
  take(await own.runtime.tell(own.id(), three, null))
})

asRoot('the tenant reads the file, and can neither change nor replace it', async (t) => {
  const own = bench(t)
  const script = `
    { echo x > "$BILLET_PEERS_FILE"; } 2> /dev/null && echo changed
    rm -f "$BILLET_PEERS_FILE" 2> /dev/null && echo removed
    cat "$BILLET_PEERS_FILE" > /dev/null && echo read`
  await own.finish(shell(script))
  t.is((await own.output('stdout')).trim(), 'read')
  const { uid, mode } = statSync(`${run(own)}/peers.json`)
  t.deepEqual([uid, mode & 0o777], [0, 0o444])
  await until(() => execFileSync('cat', [`${run(own)}/peers.json`]).length > 0)
})
