import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import test from 'ava'
import { makePrivateDirectory, writePrivateFile } from '../../shared/files.ts'
import { isRoot, onlyWhere } from '../conditional.ts'
import { directory, ended, program } from './programs.ts'

const mode = (path: string): number => statSync(path).mode & 0o777

test('a private file holds what was written, and is its owner’s alone whatever was there before', (t) => {
  const home = directory(t)
  const path = join(home, 'secret')
  const mask = process.umask(0)
  t.teardown(() => process.umask(mask))
  writePrivateFile(path, 'first')
  t.is(readFileSync(path, 'utf8'), 'first')
  t.is(mode(path), 0o600)

  const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251)
  writePrivateFile(path, bytes)
  t.deepEqual(new Uint8Array(readFileSync(path)), bytes)

  // What an interrupted write left, or what somebody put there, decides nothing.
  writeFileSync(`${path}.new`, 'half', { mode: 0o666 })
  writePrivateFile(path, 'second')
  t.is(mode(path), 0o600)
  writeFileSync(join(home, 'other'), 'untouched')
  symlinkSync(join(home, 'other'), `${path}.new`)
  writePrivateFile(path, 'third')
  t.is(readFileSync(join(home, 'other'), 'utf8'), 'untouched')
  t.is(readFileSync(path, 'utf8'), 'third')

  chmodSync(path, 0o644)
  writePrivateFile(path, 'fourth')
  t.is(mode(path), 0o600)
})

test('a reader sees one version or the next and nothing between, also when the writer is killed', async (t) => {
  const path = join(directory(t), 'file')
  const versions = ['a', 'b'].map((letter) => letter.repeat(400_000))
  writePrivateFile(path, versions[0] ?? '')
  const writer = program(`
    import { writePrivateFile } from 'shared/files.ts'
    for (let turn = 0; ; turn += 1) {
      writePrivateFile(${JSON.stringify(path)}, (turn % 2 === 0 ? 'b' : 'a').repeat(400_000))
      if (turn === 3) process.stdout.write('well on its way')
    }
  `)
  const over = ended(writer)
  await new Promise((resolve) => writer.stdout?.once('data', resolve))
  for (let look = 0; look < 300; look += 1) t.true(versions.includes(readFileSync(path, 'utf8')))
  writer.kill('SIGKILL')
  await over
  t.true(versions.includes(readFileSync(path, 'utf8')))
  writePrivateFile(path, 'after')
  t.is(readFileSync(path, 'utf8'), 'after')
})

test('a write that fails leaves what was there, and nothing beside it', async (t) => {
  const home = directory(t)
  const path = join(home, 'file')
  writePrivateFile(path, 'before')
  const failed = await ended(
    program(
      `
      import { writePrivateFile } from 'shared/files.ts'
      try {
        writePrivateFile(${JSON.stringify(path)}, 'x'.repeat(1_000_000))
      } catch (error) {
        process.stdout.write(error.code)
      }
      `,
      'ulimit -f 64',
    ),
  )
  t.is(failed.stdout, 'EFBIG')
  t.is(readFileSync(path, 'utf8'), 'before')
  t.false(existsSync(`${path}.new`))
  t.throws(() => writePrivateFile(join(home, 'absent', 'file'), 'x'), { code: 'ENOENT' })
})

test('a private directory is made with all above it, and one that others can enter is refused', (t) => {
  const home = directory(t)
  const path = join(home, 'a', 'b')
  t.true(makePrivateDirectory(path).ok)
  t.is(mode(path), 0o700)
  t.true(makePrivateDirectory(path).ok, 'again')
  chmodSync(path, 0o750)
  t.deepEqual(makePrivateDirectory(path), {
    ok: false,
    error: `${path} can be entered by others; make it private: chmod 700 ${path}`,
  })
  writeFileSync(join(home, 'file'), '')
  const file = makePrivateDirectory(join(home, 'file'))
  t.regex(file.ok ? '' : file.error, /cannot be made or read/)
})

const asRoot = onlyWhere(test, isRoot, 'root')

asRoot('a private directory of another user is refused', (t) => {
  const path = join(directory(t), 'theirs')
  mkdirSync(path, { mode: 0o700 })
  chownSync(path, 12_345, 12_345)
  const refused = makePrivateDirectory(path)
  t.regex(refused.ok ? '' : refused.error, /belongs to user 12345/)
})
