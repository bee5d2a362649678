import { chmod, copyFile, mkdir, open, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import test, { type ExecutionContext } from 'ava'
import type { Snapshot } from '../../../coordinator/ports.ts'
import { openSqliteStore } from '../../../coordinator/store/sqlite.ts'
import { revision } from '../../../shared/model/ids.ts'
import { random } from '../../../shared/model/random.ts'
import { set, take, value, write } from './contract.ts'
import { openIn, refusal, temporary } from './directories.ts'

type Closed = { readonly directory: string; readonly path: string; readonly snapshot: Snapshot }

/** A database with some history, closed. */
async function filled(t: ExecutionContext): Promise<Closed> {
  const directory = await temporary(t)
  const store = await openIn(t, { directory })
  for (let index = 0; index < 60; index += 1) {
    await write(t, store, set(`machine/${index % 20}`, `{"n":${index},"text":"${'abc '.repeat(index % 90)}"}`))
  }
  const snapshot = value(t, await store.read(''))
  await store.close()
  return { directory, path: store.path, snapshot }
}

async function refusedNaming(t: ExecutionContext, directory: string, kind: string, words: RegExp): Promise<void> {
  const refused = await refusal(directory)
  t.is(refused.kind, kind, refused.message)
  t.true(refused.message.includes(directory), refused.message)
  t.regex(refused.message, words)
}

test('garbage, an empty file, a cut file and a foreign database are told from a new one', async (t) => {
  const { directory, path } = await filled(t)
  const whole = await readFile(path)
  const cases: readonly (readonly [string, () => Promise<void>])[] = [
    ['garbage', () => writeFile(path, Buffer.alloc(whole.length, 'garbage '))],
    ['header', () => writeFile(path, Buffer.concat([Buffer.alloc(100, 1), whole.subarray(100)]))],
    ['empty', () => truncate(path, 0)],
    ['cut by half', () => truncate(path, whole.length / 2)],
    ['cut within a page', () => truncate(path, whole.length - 100)],
    ['cut to the header', () => truncate(path, 100)],
  ]
  for (const [name, damage] of cases) {
    await writeFile(path, whole)
    await damage()
    const before = await readFile(path)
    await refusedNaming(t, directory, 'corrupt', /newest backup/)
    t.deepEqual(await readFile(path), before, `${name}: the file was changed`)
  }
  await rm(path)
  new DatabaseSync(path).exec('CREATE TABLE other (name TEXT)')
  await chmod(path, 0o600)
  await refusedNaming(t, directory, 'corrupt', /not a database of Billet/)
})

test('a log without its database is not taken for a new start', async (t) => {
  const { directory, path } = await filled(t)
  await rename(path, `${path}-wal`)
  await refusedNaming(t, directory, 'corrupt', /missing/)
  t.true((await stat(`${path}-wal`)).size > 0)
})

test('a changed byte anywhere is refused or changes nothing that is read', async (t) => {
  const { directory, path, snapshot } = await filled(t)
  const whole = await readFile(path)
  const draws = random(20)
  let refused = 0
  for (let round = 0; round < 300; round += 1) {
    // Half of them in the first page, where the header and the schema are.
    const place = draws.below(round % 2 === 0 ? 4096 : whole.length)
    const damaged = Buffer.from(whole)
    damaged[place] = (damaged[place] ?? 0) ^ (1 << draws.below(8))
    await rm(`${path}-wal`, { force: true })
    await writeFile(path, damaged)
    const opened = await openSqliteStore({ directory })
    if (!opened.ok) {
      t.true(['corrupt', 'too_new', 'unavailable'].includes(opened.error.kind), JSON.stringify(opened.error))
      refused += 1
      continue
    }
    const store = opened.value
    const read = await store.read('')
    const history = await take(store.watch('', revision(0), new AbortController().signal), 60)
    await store.close()
    if (read.ok && history.every((item) => item.ok)) {
      t.deepEqual(read.value, snapshot, `byte ${place}`)
      t.is(history.length, 60)
    } else {
      t.is(read.ok ? 'corrupt' : read.error.kind, 'corrupt')
      refused += 1
    }
  }
  t.log(`${refused} of 300 refused; the others were in unused places`)
  t.true(refused > 30)
})

test('a page of zeros or of another page is refused', async (t) => {
  const { directory, path } = await filled(t)
  const whole = await readFile(path)
  for (let page = 1; page < whole.length / 4096; page += 1) {
    for (const content of [Buffer.alloc(4096), whole.subarray((page - 1) * 4096, page * 4096)]) {
      const damaged = Buffer.from(whole)
      content.copy(damaged, page * 4096)
      await writeFile(path, damaged)
      const opened = await openSqliteStore({ directory })
      if (!opened.ok) {
        t.is(opened.error.kind, 'corrupt')
        continue
      }
      const read = await opened.value.read('')
      const history = await take(opened.value.watch('', revision(0), new AbortController().signal), 60)
      await opened.value.close()
      t.false(read.ok && history.every((item) => item.ok), `page ${page + 1}`)
    }
  }
})

test('a log that is cut anywhere leaves whole transactions', async (t) => {
  const directory = await temporary(t)
  const store = await openIn(t, { directory })
  for (let index = 0; index < 12; index += 1) await write(t, store, set('left', `${index}`), set('right', `${index}`))
  const cut = join(directory, 'cut')
  await mkdir(cut, { mode: 0o700 })
  const log = await readFile(`${store.path}-wal`)
  const draws = random(7)
  let newest = 0
  for (const length of [log.length, 0, 31, 33, ...Array.from({ length: 40 }, () => draws.below(log.length))]) {
    await copyFile(store.path, join(cut, 'billet.db'))
    await writeFile(join(cut, 'billet.db-wal'), log.subarray(0, length), { mode: 0o600 })
    const copy = value(t, await openSqliteStore({ directory: cut }))
    const snapshot = value(t, await copy.read(''))
    await copy.close()
    newest = Math.max(newest, snapshot.revision)
    t.is(snapshot.revision % 2, 0)
    t.is(snapshot.entries[0]?.value, snapshot.entries[1]?.value)
  }
  t.is(newest, 24)
})

test('a newer schema is left alone', async (t) => {
  const { directory, path } = await filled(t)
  const database = new DatabaseSync(path)
  database.exec('PRAGMA user_version = 99')
  database.close()
  await refusedNaming(t, directory, 'too_new', /version 99.*newer billet/)
})

test('a directory or database that others may open is refused with the cure', async (t) => {
  const { directory, path } = await filled(t)
  await chmod(directory, 0o755)
  await refusedNaming(t, directory, 'unavailable', /mode 0755.*chmod 700/)
  await chmod(directory, 0o700)
  await chmod(path, 0o644)
  await refusedNaming(t, directory, 'unavailable', /mode 0644.*chmod 600/)
  await chmod(path, 0o600)
  t.is((await refusal(directory)).kind, 'opened')
})

test('a path that is no directory, or a database that is one, is refused', async (t) => {
  const directory = await temporary(t)
  const handle = await open(join(directory, 'file'), 'w')
  await handle.close()
  await refusedNaming(t, join(directory, 'file'), 'unavailable', /not a directory/)
  await mkdir(join(directory, 'data', 'billet.db'), { recursive: true, mode: 0o700 })
  await refusedNaming(t, join(directory, 'data'), 'unavailable', /not a file/)
})
