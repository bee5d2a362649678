import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import test, { type ExecutionContext } from 'ava'
import { revision } from '../../../shared/model/ids.ts'
import { set, take, value, write } from './contract.ts'
import { openIn, refusal, temporary } from './directories.ts'

const WRITER = join(import.meta.dirname, 'writer.ts')
const KEYS = 7

function start(
  t: ExecutionContext,
  directory: string,
  writes: number,
): { child: ChildProcess; lines: AsyncIterator<string> } {
  const child = spawn(process.execPath, [WRITER, directory, String(writes)], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() }
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

test('every acknowledged commit survives SIGKILL, and none is there by half', async (t) => {
  const directory = await temporary(t)
  for (const acknowledged of [1, 3, 40, 333, 700]) {
    const { child, lines } = start(t, directory, KEYS)
    t.deepEqual(await lines.next(), { done: false, value: 'open' })
    let last = ''
    for (let count = 0; count < acknowledged; count += 1) last = String((await lines.next()).value)
    await kill(child)
    // What it said while it was being killed counts as well.
    for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
      if (/^\d+ \d+ \d+$/.test(line.value)) last = line.value
    }
    const [at = '', pid = '', round = ''] = last.split(' ')

    const store = await openIn(t, { directory })
    const snapshot = value(t, await store.read(''))
    t.true(snapshot.revision >= revision(Number(at)), `acknowledged ${at}, found ${snapshot.revision}`)
    t.is(snapshot.revision % KEYS, 0)
    t.is(snapshot.entries.length, KEYS)
    const transactions = new Set(snapshot.entries.map((entry) => entry.value.split(' ').slice(0, 2).join(' ')))
    t.is(transactions.size, 1)
    const [found = ''] = transactions
    t.is(found.split(' ')[0], pid)
    t.true(Number(found.split(' ')[1]) >= Number(round))
    const watched = store.watch('', snapshot.compacted, new AbortController().signal)
    const history = await take(watched, snapshot.revision - snapshot.compacted)
    t.is(
      value(t, history.at(-1) ?? { ok: false, error: { kind: 'conflict', key: 'none' } }).revision,
      snapshot.revision,
    )
    await store.close()
  }
})

test('a second coordinator is refused, until the first one is gone in whatever way', async (t) => {
  const directory = await temporary(t)
  const { child, lines } = start(t, directory, 0)
  await lines.next()
  const refused = await refusal(directory)
  t.is(refused.kind, 'locked')
  t.true(refused.message.includes(join(directory, 'billet.db')), refused.message)
  await kill(child)
  const store = await openIn(t, { directory })
  await write(t, store, set('a', '1'))

  t.is((await refusal(directory)).kind, 'locked')
  const other = start(t, directory, 0)
  t.regex(String((await other.lines.next()).value), /"locked".*billet\.db/)
  // Being asked twice did not loosen the hold.
  await write(t, store, set('a', '2'))
  t.is((await refusal(directory)).kind, 'locked')
})
