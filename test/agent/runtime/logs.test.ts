import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import test from 'ava'
import { capLog, punchHole, readBase } from '../../../agent/runtime/log_cap.ts'
import { logReader, pruneLogs } from '../../../agent/runtime/logs.ts'
import type { ExecutionContext } from 'ava'
import type { PlacementId } from '../../../shared/model/ids.ts'
import { canMount, onlyWhere } from '../../conditional.ts'
import { bench, refusal, shell, take, untilSaid } from './fixture.ts'

const withMounts = onlyWhere(test, canMount(), 'to mount file systems')
const numbered = (from: number, to: number): string => {
  let text = ''
  for (let line = from; line < to; line += 1) text += `${String(line).padStart(15, '0')}\n`
  return text
}

function ownLog(t: ExecutionContext, id: PlacementId): { readonly state: string; readonly path: string } {
  const state = mkdtempSync(`${tmpdir()}/billet-logs-`)
  t.teardown(() => rmSync(state, { recursive: true, force: true }))
  mkdirSync(`${state}/placements/${id}`, { recursive: true })
  return { state, path: `${state}/placements/${id}/stdout.log` }
}

const text = (data: Uint8Array): string => new TextDecoder().decode(data)

for (const [how, punch] of [
  ['a hole', punchHole],
  ['emptying it, where holes cannot be made', () => Promise.resolve(false)],
] as const) {
  test(`a log over its cap loses its oldest part by ${how}, and offsets stay true`, async (t) => {
    const { id } = bench(t)
    const { state, path } = ownLog(t, id())
    writeFileSync(path, numbered(0, 65_536))
    t.true(await capLog(path, 512 * 1024, punch))
    t.true(statSync(path).blocks * 512 <= 512 * 1024)
    appendFileSync(path, numbered(65_536, 65_540))
    const reader = logReader(state)
    t.is(take(reader.size(id(), 'stdout')), 65_540 * 16)
    const first = take(await reader.read(id(), 'stdout', 32, 16))
    t.is(first.offset, 32 + first.skippedBytes)
    t.is(first.offset, readBase(path).removed)
    t.is(Number(text(first.data)), first.offset / 16)
    const last = take(await reader.read(id(), 'stdout', 65_537 * 16, 1000))
    t.is(text(last.data), numbered(65_537, 65_540))
    t.false(await capLog(path, 512 * 1024, punch))
  })
}

test('a task that writes without end is neither stopped nor torn, and takes no more room than its cap', async (t) => {
  const own = bench(t, { logCapBytes: 256 * 1024 })
  take(
    await own.begin(shell('i=0; while [ $i -lt 400000 ]; do i=$((i+1)); printf "%015d\\n" $i; done; echo; sleep 60')),
  )
  const path = `${own.host.paths.state}/placements/${own.id()}/stdout.log`
  while (statSync(path).size < 400_000 * 16 || statSync(path).blocks * 512 > 256 * 1024) {
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  const base = readBase(path).removed
  const chunk = take(await own.runtime.logs.read(own.id(), 'stdout', base, 160))
  t.is(text(chunk.data), numbered(base / 16 + 1, base / 16 + 11))
})

test('following yields all that is written, ends with the task, and obeys its signal', async (t) => {
  const own = bench(t)
  const running = take(await own.begin(shell('echo one; while [ ! -e go ]; do sleep 0.01; done; echo two; exit 0')))
  let over = false
  void running.exit.then(() => {
    over = true
  })
  const { signal } = new AbortController()
  let seen = ''
  for await (const chunk of own.runtime.logs.follow(own.id(), 'stdout', 0, { signal, ended: () => over })) {
    seen += text(chunk.data)
    if (seen === 'one\n') writeFileSync(`${own.host.paths.scratch}/${own.id()}/go`, '')
  }
  t.is(seen, 'one\ntwo\n')
  const stop = new AbortController()
  const quiet = own.runtime.logs.follow(own.id(), 'stdout', 8, { signal: stop.signal, ended: () => false })
  const next = quiet[Symbol.asyncIterator]().next()
  stop.abort()
  t.true((await next).done)
})

test('there is no log of a placement that never was', async (t) => {
  const own = bench(t)
  t.is(refusal(await own.runtime.logs.read(own.id(), 'stdout', 0, 1)).kind, 'unknown_placement')
  t.is(refusal(own.runtime.logs.size(own.id(), 'stdout')).kind, 'unknown_placement')
})

test('the oldest finished placements are pruned, by number and by room, and none in use', (t) => {
  const { id } = bench(t)
  const { state } = ownLog(t, id())
  for (let number = 1; number <= 6; number += 1) {
    const directory = `${state}/placements/p${number}`
    mkdirSync(directory)
    writeFileSync(`${directory}/stdout.log`, Buffer.alloc(8192, 1))
    writeFileSync(`${directory}/exit`, '')
    utimesSync(`${directory}/exit`, 1000 + number, 1000 + number)
  }
  rmSync(`${state}/placements/${id()}`, { recursive: true })
  t.is(pruneLogs(state, new Set(['p1']), { placements: 4, bytes: 1 << 30 }), 1)
  t.false(existsSync(`${state}/placements/p2`))
  t.is(pruneLogs(state, new Set(['p1']), { placements: 4, bytes: 20_000 }), 2)
  t.true(existsSync(`${state}/placements/p1`))
  t.true(existsSync(`${state}/placements/p6`))
})

withMounts('a full disk refuses a new task by name, and leaves a running one and its exit status alone', async (t) => {
  const own = bench(t)
  const { state } = own.host.paths
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', state])
  t.teardown(() => execFileSync('umount', ['-l', state]))
  mkdirSync(`${state}/placements`)
  const script = 'echo ready; while [ ! -e go ]; do sleep 0.01; done; echo more || exit 9'
  const running = take(await own.begin(shell(script)))
  await untilSaid(own, 'ready')
  const filling = (): unknown => execFileSync('sh', ['-c', 'cat /dev/zero > "$1/fill" 2> /dev/null || :', 'sh', state])
  filling()
  // Fills the last page of the task's own log too, so that its next write fails.
  execFileSync('sh', [
    '-c',
    'head -c 8192 /dev/zero >> "$1" 2> /dev/null || :',
    'sh',
    `${state}/placements/${own.id()}/stdout.log`,
  ])
  t.is(refusal(await own.begin(shell('true'), 2)).kind, 'log_disk_full')
  writeFileSync(`${own.host.paths.scratch}/${own.id()}/go`, '')
  t.like(await running.exit, { kind: 'exited', code: 9 })
  rmSync(`${state}/fill`)
  t.like(await own.finish(shell('exit 4'), 3), { kind: 'exited', code: 4 })
})
