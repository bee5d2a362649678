import { execFileSync, spawnSync } from 'node:child_process'
import { chown, mkdir, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { revision } from '../../../shared/model/ids.ts'
import { canMount, isRoot, onlyWhere } from '../../conditional.ts'
import { set, value, write } from './contract.ts'
import { openIn, refusal, temporary } from './directories.ts'

const asRoot = onlyWhere(test, isRoot, 'root')
const withMounts = onlyWhere(test, canMount(), 'to mount file systems')

/** A small file system of its own. */
async function mounted(t: ExecutionContext, size: string): Promise<string> {
  const directory = await temporary(t)
  const options = `size=${size},mode=0700`
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', directory])
  t.teardown(() => spawnSync('umount', [directory]))
  return directory
}

withMounts('a full disk refuses the commit whole, and commits go on once there is room', async (t) => {
  const directory = await mounted(t, '2m')
  const ballast = join(directory, 'ballast')
  await writeFile(ballast, Buffer.alloc(600_000))
  const store = await openIn(t, { directory })
  const batch = (round: number) => [set('left', `${round} ${'x'.repeat(20_000)}`), set('right', `${round}`)]
  let round = 0
  let failure = ''
  while (failure === '' && round < 1_000) {
    round += 1
    const result = await store.commit({ guard: [], writes: batch(round) })
    if (!result.ok) failure = result.error.kind === 'unavailable' ? result.error.message : result.error.kind
  }
  t.regex(failure, /disk is full.*billet\.db/)
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const result = await store.commit({ guard: [], writes: batch(0) })
    t.is(result.ok ? 'ok' : result.error.kind, 'unavailable')
  }
  const full = value(t, await store.read(''))
  t.is(full.revision, revision(2 * (round - 1)))
  t.true(full.entries[0]?.value.startsWith(`${round - 1} `))
  t.is(full.entries[1]?.value, `${round - 1}`)

  await truncate(ballast, 0)
  t.is(await write(t, store, ...batch(round)), revision(full.revision + 2))
  await store.close()
  const again = await openIn(t, { directory })
  t.is(value(t, await again.read('')).revision, revision(full.revision + 2))
})

withMounts('a disk without room for a new database leaves nothing behind', async (t) => {
  const directory = await mounted(t, '64k')
  const ballast = join(directory, 'ballast')
  await writeFile(ballast, Buffer.alloc(56_000))
  const refused = await refusal(directory)
  t.is(refused.kind, 'unavailable')
  t.regex(refused.message, /disk is full/)
  await rm(ballast)
  t.is((await refusal(directory)).kind, 'opened')
})

withMounts('a read-only file system is refused by name', async (t) => {
  const directory = await mounted(t, '2m')
  const store = await openIn(t, { directory })
  await write(t, store, set('a', '1'))
  await store.close()
  spawnSync('mount', ['-o', 'remount,ro', directory])
  const refused = await refusal(directory)
  t.is(refused.kind, 'unavailable')
  t.regex(refused.message, /billet\.db.*read-only/)
  spawnSync('mount', ['-o', 'remount,rw', directory])
  t.is((await refusal(directory)).kind, 'opened')
})

asRoot('what belongs to another user is refused', async (t) => {
  const directory = join(await temporary(t), 'data')
  await mkdir(directory, { mode: 0o700 })
  await chown(directory, 65_534, 65_534)
  t.regex((await refusal(directory)).message, /belongs to user 65534/)
})
