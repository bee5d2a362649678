import test from 'ava'
import { revision } from '../../../shared/model/ids.ts'
import type { Flush } from '../../../coordinator/store/sqlite_log.ts'
import { set, value } from './contract.ts'
import { openIn, temporary } from './directories.ts'

/** A flush that takes as long as the test wants. */
class SlowFlush implements Flush {
  readonly #asked: (() => void)[] = []
  readonly #waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = []

  sync(): Promise<void> {
    for (const told of this.#asked.splice(0)) told()
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  async close(): Promise<void> {}

  /** The next flush was asked for. */
  asked(): Promise<void> {
    return new Promise((resolve) => this.#asked.push(resolve))
  }

  done(): void {
    for (const { resolve } of this.#waiting.splice(0)) resolve()
  }

  fail(): void {
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('EIO: i/o error, fdatasync'))
  }
}

test('nobody is answered, and nobody reads or follows a commit, before it is durable', async (t) => {
  const log = new SlowFlush()
  const store = await openIn(t, { directory: await temporary(t), log })
  const told: string[] = []
  const asked = log.asked()
  const first = store.commit({ guard: [], writes: [set('a', '1')] }).then(() => told.push('first'))
  const second = store.commit({ guard: [], writes: [set('b', '1')] }).then(() => told.push('second'))
  const reading = store.read('').then((read) => told.push(`read ${value(t, read).revision}`))
  const ended = new AbortController()
  const following = store.watch('', revision(0), ended.signal)[Symbol.asyncIterator]()
  const change = following.next().then(() => told.push('follow'))
  await asked
  await new Promise((resolve) => setImmediate(resolve))
  t.deepEqual(told, [])
  const again = log.asked()
  log.done()
  await Promise.all([first, change, again])
  t.deepEqual(told.toSorted(), ['first', 'follow'], 'the second is not begun before the first is durable')
  log.done()
  await Promise.all([second, reading])
  t.deepEqual(told.slice(2), ['second', 'read 2'])
  ended.abort()
})

test('a commit that cannot be made durable is refused, and the store writes nothing more', async (t) => {
  const directory = await temporary(t)
  const log = new SlowFlush()
  const store = await openIn(t, { directory, log })
  const asked = log.asked()
  const refused = store.commit({ guard: [], writes: [set('a', '1')] })
  await asked
  log.fail()
  const answer = await refused
  t.regex(answer.ok || answer.error.kind !== 'unavailable' ? '' : answer.error.message, /cannot be synced.*EIO/)
  for (const result of [await store.commit({ guard: [], writes: [set('a', '2')] }), await store.read('')]) {
    t.is(result.ok ? 'ok' : result.error.kind, 'unavailable')
  }
  await store.close()
  const again = await openIn(t, { directory })
  t.true(value(t, await again.commit({ guard: [], writes: [set('a', '3')] })) > 0, 'it goes on after opening again')
})
