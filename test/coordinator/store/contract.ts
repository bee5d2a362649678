import type { ExecutionContext, TestFn } from 'ava'
import * as fc from 'fast-check'
import { type Step, anyStep } from './histories.ts'
import type { Change, Entry, Store, StoreFailure, Write } from '../../../coordinator/ports.ts'
import { compareKeys } from '../../../coordinator/store/keys.ts'
import { type Revision, revision } from '../../../shared/model/ids.ts'
import type { Result } from '../../../shared/model/result.ts'

/** What the contract needs of one implementation. */
export interface Subject {
  open(options?: { readonly historyLimit?: number }): Promise<Opened>
}

/** One database; `store` changes when it is opened again. */
export interface Opened {
  store: Store
  /** Closes and opens the same database again, as a restart would. */
  reopen(): Promise<void>
  dispose(): Promise<void>
}

export function value<Value>(t: ExecutionContext, result: Result<Value, StoreFailure>): Value {
  if (result.ok) return result.value
  t.log(result.error)
  throw new Error(`refused: ${result.error.kind}`)
}

export const set = (key: string, text: string): Write => ({ key, value: text })
export const remove = (key: string): Write => ({ key, value: null })

export async function write(t: ExecutionContext, store: Store, ...writes: readonly Write[]): Promise<Revision> {
  return value(t, await store.commit({ guard: [], writes }))
}

/** The next items of a watch; then the watch is ended. */
export async function take(
  items: AsyncIterable<Result<Change, StoreFailure>>,
  count: number,
): Promise<readonly Result<Change, StoreFailure>[]> {
  const taken: Result<Change, StoreFailure>[] = []
  if (count === 0) return taken
  for await (const item of items) {
    taken.push(item)
    if (taken.length === count) break
  }
  return taken
}

const numbers = (items: readonly Result<Change, StoreFailure>[]): readonly number[] =>
  items.map((item) => (item.ok ? item.value.revision : -1))

const never = (): AbortSignal => new AbortController().signal

/** One suite for every implementation of the store. */
export function testContract(test: TestFn, name: string, subject: Subject): void {
  const check = (
    title: string,
    body: (t: ExecutionContext, opened: Opened) => Promise<void>,
    options: { readonly historyLimit?: number } = {},
  ): void => {
    test(`${name}: ${title}`, async (t) => {
      const opened = await subject.open(options)
      try {
        await body(t, opened)
      } finally {
        await opened.dispose()
      }
    })
  }
  testTransactions(check)
  testComparisons(check)
  testLife(check)
  testWatches(check)
  testHistory(check)
  testModel(check)
}

type Check = (
  title: string,
  body: (t: ExecutionContext, opened: Opened) => Promise<void>,
  options?: { readonly historyLimit?: number },
) => void

function testTransactions(check: Check): void {
  check('a new store is empty, at revision 0', async (t, { store }) => {
    t.deepEqual(value(t, await store.read('')), { revision: revision(0), compacted: revision(0), entries: [] })
    t.is(await write(t, store), revision(0))
  })

  check('each write gets the next revision and the last one is answered', async (t, { store }) => {
    t.is(await write(t, store, set('a', '1'), set('b', '2'), set('a', '3')), revision(3))
    t.is(await write(t, store, remove('nothing')), revision(4))
    t.deepEqual(value(t, await store.read('')).entries, [
      { key: 'a', value: '3', revision: revision(3) },
      { key: 'b', value: '2', revision: revision(2) },
    ])
    t.is(value(t, await store.read('')).revision, revision(4))
  })

  check('reading takes a prefix, in the order of UTF-8 bytes', async (t, { store }) => {
    const keys = [
      'a/',
      'a/z',
      'a0',
      'a',
      'a/\u{10ffff}x',
      'a/\ud7ff',
      'a/\ue000',
      'a/\u{1f600}',
      'a/ÿ',
      'a/%_',
      '\u{10ffff}',
    ]
    await write(t, store, ...keys.map((key) => set(key, key)))
    const bytes = (text: string): Buffer => Buffer.from(text)
    for (const prefix of ['', 'a', 'a/', 'a/\ud7ff', '\u{10ffff}', 'A', 'a/%']) {
      const expected = keys
        .filter((key) => key.startsWith(prefix))
        .toSorted((left, right) => Buffer.compare(bytes(left), bytes(right)))
      const found = value(t, await store.read(prefix)).entries.map((entry) => entry.key)
      t.deepEqual(found, expected, `prefix ${JSON.stringify(prefix)}`)
    }
  })

  check('values come back as they were written', async (t, { store }) => {
    const texts = ['', '\0', 'a\0b', '\u{1f600}é', `"${'x'.repeat(300_000)}"`]
    await write(t, store, ...texts.map((text, index) => set(`k${index}`, text)))
    t.deepEqual(
      value(t, await store.read('k')).entries.map((entry) => entry.value),
      texts,
    )
  })
}

function testComparisons(check: Check): void {
  check('a comparison that does not hold refuses the whole', async (t, { store }) => {
    await write(t, store, set('a', '1'), set('leader', 'x'))
    const refused = await store.commit({
      guard: [
        { key: 'leader', revision: revision(2) },
        { key: 'a', revision: revision(7) },
      ],
      writes: [set('b', '1'), remove('a')],
    })
    t.deepEqual(refused, { ok: false, error: { kind: 'conflict', key: 'a' } })
    t.is(value(t, await store.read('')).revision, revision(2))
    t.is(value(t, await store.read('')).entries.length, 2)
  })

  check('a comparison with revision 0 holds where there is no such key', async (t, { store }) => {
    const absent = [{ key: 'a', revision: revision(0) }]
    t.true((await store.commit({ guard: absent, writes: [set('a', '1')] })).ok)
    t.false((await store.commit({ guard: absent, writes: [set('a', '2')] })).ok)
    await write(t, store, remove('a'))
    t.true((await store.commit({ guard: absent, writes: [set('a', '3')] })).ok)
    t.true((await store.commit({ guard: [{ key: 'a', revision: revision(3) }], writes: [] })).ok)
  })

  check('a deposed leader cannot write', async (t, { store }) => {
    const first = await write(t, store, set('leader', 'one'))
    await write(t, store, set('leader', 'two'))
    const guard = [{ key: 'leader', revision: first }]
    t.deepEqual(await store.commit({ guard, writes: [set('a', '1')] }), {
      ok: false,
      error: { kind: 'conflict', key: 'leader' },
    })
    t.deepEqual(value(t, await store.read('a')).entries, [])
  })
}

function testLife(check: Check): void {
  check('what was committed is there after opening again', async (t, opened) => {
    await write(t, opened.store, set('a', '1'), set('b', '1'), remove('a'))
    await opened.reopen()
    t.is(value(t, await opened.store.read('')).revision, revision(3))
    t.deepEqual(
      value(t, await opened.store.read('')).entries.map((entry) => entry.key),
      ['b'],
    )
    t.is(await write(t, opened.store, set('c', '1')), revision(4))
  })

  check('a key that no database could keep is a bug', async (t, { store }) => {
    for (const key of ['', 'a\0', '\ud800'])
      await t.throwsAsync(write(t, store, set(key, '1')), { message: /not a key/ })
    await t.throwsAsync(write(t, store, set('a', '\ud800')), { message: /half a character/ })
    t.is(value(t, await store.read('')).revision, revision(0))
  })

  check('a closed store is unavailable and its watches end saying so', async (t, { store }) => {
    await write(t, store, set('a', '1'))
    const waiting = take(store.watch('', revision(1), never()), 2)
    await store.close()
    await store.close()
    t.deepEqual(
      (await waiting).map((item) => item.ok || item.error.kind),
      ['unavailable'],
    )
    for (const result of [await store.read(''), await store.commit({ guard: [], writes: [] })]) {
      t.is(result.ok ? 'ok' : result.error.kind, 'unavailable')
    }
  })
}

function testWatches(check: Check): void {
  check('a watch catches up and goes on, without gap or repeat', async (t, { store }) => {
    const count = 1_500
    const watched = take(store.watch('m/', revision(3), never()), count / 2 - 1)
    const late = take(store.watch('', revision(0), never()), count)
    for (let index = 0; index < count; index += 10) {
      const writes = Array.from({ length: 10 }, (_, step) =>
        set((index + step) % 2 === 0 ? 'w/1' : 'm/1', `${index + step}`),
      )
      await write(t, store, ...writes)
    }
    t.deepEqual(
      numbers(await watched),
      Array.from({ length: count / 2 - 1 }, (_, index) => 4 + 2 * index),
    )
    t.deepEqual(
      numbers(await late),
      Array.from({ length: count }, (_, index) => index + 1),
    )
  })

  check('a removal is watched as null', async (t, { store }) => {
    await write(t, store, set('a', '1'), remove('a'))
    const [, removed] = await take(store.watch('', revision(0), never()), 2)
    t.deepEqual(removed, { ok: true, value: { key: 'a', value: null, revision: revision(2) } })
  })

  check('a watch from the future waits for it', async (t, { store }) => {
    const watched = take(store.watch('', revision(2), never()), 1)
    for (const text of ['1', '2', '3']) await write(t, store, set('a', text))
    t.deepEqual(numbers(await watched), [3])
  })

  check('a watch ends when its signal fires, before, while and after waiting', async (t, { store }) => {
    await write(t, store, set('a', '1'))
    t.deepEqual(await take(store.watch('', revision(0), AbortSignal.abort()), 9), [])
    const abort = new AbortController()
    const items: unknown[] = []
    const idle = take(store.watch('', revision(1), abort.signal), 9)
    for await (const item of store.watch('', revision(0), abort.signal)) {
      items.push(item)
      abort.abort()
    }
    t.is(items.length, 1)
    t.deepEqual(await idle, [])
  })
}

function testHistory(check: Check): void {
  check('compacted history is told, with where it begins', async (t, opened) => {
    for (const text of ['1', '2', '3', '4']) await write(t, opened.store, set('a', text))
    value(t, await opened.store.compact(revision(2)))
    value(t, await opened.store.compact(revision(1)))
    for (const step of ['before', 'after opening again']) {
      const { store } = opened
      t.is(value(t, await store.read('')).compacted, revision(2), step)
      t.deepEqual(await take(store.watch('', revision(1), never()), 2), [
        { ok: false, error: { kind: 'compacted', after: revision(1), oldest: revision(2) } },
      ])
      t.deepEqual(numbers(await take(store.watch('', revision(2), never()), 2)), [3, 4])
      await opened.reopen()
    }
  })

  check('compacting everything, or more, keeps the entries and the revision', async (t, opened) => {
    await write(t, opened.store, set('a', '1'), set('a', '2'))
    value(t, await opened.store.compact(revision(99)))
    await opened.reopen()
    const snapshot = value(t, await opened.store.read(''))
    t.is(snapshot.compacted, revision(2))
    t.deepEqual(snapshot.entries, [{ key: 'a', value: '2', revision: revision(2) }])
    t.is(await write(t, opened.store, set('b', '1')), revision(3))
  })

  check(
    'the history stays bounded, and a reader that is too slow is told',
    async (t, { store }) => {
      const batch = Array.from({ length: 500 }, (_, index) => set(`k${index % 7}`, `${index}`))
      await write(t, store, ...batch)
      const slow = store.watch('', revision(0), never())[Symbol.asyncIterator]()
      t.true((await slow.next()).done !== true)
      for (let round = 0; round < 20; round += 1) await write(t, store, ...batch)
      const { compacted } = value(t, await store.read(''))
      t.true(compacted >= 10_500 - 1_000 - 3_000 && compacted <= 9_500, `compacted ${compacted}`)
      let last: Result<Change, StoreFailure> | undefined
      for (let item = await slow.next(); item.done !== true; item = await slow.next()) last = item.value
      t.is(last?.ok === false ? last.error.kind : 'went on', 'compacted')
      const kept = await take(store.watch('', compacted, never()), 10_500 - compacted)
      t.is(numbers(kept).at(-1), 10_500)
    },
    { historyLimit: 1_000 },
  )
}

function testModel(check: Check): void {
  check('random transactions do what a plain map does', async (t, opened) => {
    const model = new Map<string, Entry>()
    const changes: Change[] = []
    let compacted = 0
    const run = async (steps: readonly Step[]): Promise<void> => {
      for (const action of steps) {
        if (action.kind === 'reopen') await opened.reopen()
        else if (action.kind === 'compact') {
          compacted = Math.max(compacted, Math.floor(action.share * changes.length))
          value(t, await opened.store.compact(revision(compacted)))
        } else {
          const held = model.get(action.guarded)?.revision ?? 0
          const guard = [{ key: action.guarded, revision: revision(held + action.offset) }]
          const result = await opened.store.commit({ guard, writes: action.writes })
          if (action.offset !== 0) {
            t.deepEqual(result, { ok: false, error: { kind: 'conflict', key: action.guarded } })
            continue
          }
          for (const { key, value: text } of action.writes) {
            const at = revision(changes.length + 1)
            changes.push({ key, value: text, revision: at })
            if (text === null) model.delete(key)
            else model.set(key, { key, value: text, revision: at })
          }
          t.is(value(t, result), revision(changes.length))
        }
      }
      const entries = Array.from(model.values()).toSorted((left, right) => compareKeys(left.key, right.key))
      t.deepEqual(value(t, await opened.store.read('')), {
        revision: revision(changes.length),
        compacted: revision(compacted),
        entries,
      })
      const expected = changes.slice(compacted).filter((change) => change.key.startsWith('a'))
      const watched = await take(opened.store.watch('a', revision(compacted), never()), expected.length)
      t.deepEqual(
        watched.map((item) => value(t, item)),
        expected,
      )
    }
    // One database for all runs: the model goes on with it, so that long histories are reached as well.
    await fc.assert(fc.asyncProperty(fc.array(anyStep, { maxLength: 25 }), run), { numRuns: 60, endOnFailure: true })
  })
}
