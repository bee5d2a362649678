import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { openSqliteStore } from '../../../coordinator/store/sqlite.ts'
import { revision } from '../../../shared/model/ids.ts'
import { type Opened, set, testContract, value, write } from './contract.ts'
import { openIn, temporary } from './directories.ts'

testContract(test, 'sqlite', {
  async open(options = {}) {
    const directory = await mkdtemp(join(tmpdir(), 'billet-store-'))
    const open = async () => {
      const result = await openSqliteStore({ directory, ...options })
      if (!result.ok) throw new Error(JSON.stringify(result.error))
      return result.value
    }
    const opened: Opened = {
      store: await open(),
      async reopen() {
        await opened.store.close()
        opened.store = await open()
      },
      async dispose() {
        await opened.store.close()
        await rm(directory, { recursive: true })
      },
    }
    return opened
  },
})

test('the directory and every file are private', async (t) => {
  const directory = join(await temporary(t), 'new', 'data')
  const store = await openIn(t, { directory })
  await write(t, store, set('a', '1'))
  t.is((await stat(directory)).mode & 0o777, 0o700)
  t.is((await stat(store.path)).mode & 0o777, 0o600)
  t.is((await stat(`${store.path}-wal`)).mode & 0o777, 0o600)
})

test('a backup is whole, private and as of one revision, while commits go on', async (t) => {
  const directory = await temporary(t)
  const store = await openIn(t, { directory: join(directory, 'data') })
  for (let index = 0; index < 200; index += 1) {
    await write(t, store, ...Array.from({ length: 50 }, (_, step) => set(`k${step}`, `${index} ${'x'.repeat(500)}`)))
  }
  const restored = join(directory, 'restored')
  await openIn(t, { directory: restored }).then((empty) => empty.close())
  const path = join(restored, 'billet.db')
  await rm(path)
  const running = store.backup(path)
  const ended = new AbortController()
  const watched = running.finally(() => ended.abort())
  let round = 0
  while (!ended.signal.aborted) {
    // Every commit sets both keys alike: a torn copy would hold them apart.
    round += 1
    await write(t, store, set('left', `${round}`), set('right', `${round}`))
    await new Promise((resolve) => setImmediate(resolve))
  }
  await watched
  const at = value(t, await running)
  t.true(at >= revision(10_000))
  t.is((await stat(path)).mode & 0o777, 0o600)
  const again = await store.backup(path)
  t.is(again.ok ? 'ok' : again.error.kind, 'unavailable')

  const copy = await openIn(t, { directory: restored })
  const snapshot = value(t, await copy.read(''))
  t.is(snapshot.revision, at)
  const text = (key: string): string | undefined => snapshot.entries.find((entry) => entry.key === key)?.value
  t.is(text('left'), text('right'))
  t.is(snapshot.entries.length, text('left') === undefined ? 50 : 52)
})
