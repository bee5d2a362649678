// A process of its own for the tests: opens the store of a directory, says `open`, then commits in a loop and names
// each acknowledged revision on a line. The values tell which transaction wrote them. It ends by being killed.
import process from 'node:process'
import { openSqliteStore } from '../../../coordinator/store/sqlite.ts'

const [directory = '', writesText = '0'] = process.argv.slice(2)
const writes = Number(writesText)

/** Resolves when the line is out: only then does the next commit begin. */
const say = (line: string): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write(`${line}\n`, () => resolve())
  })

const opened = await openSqliteStore({ directory, historyLimit: 3_000 })
if (opened.ok) {
  const store = opened.value
  await say('open')
  // With nothing to write it only holds the database.
  if (writes === 0) process.stdin.resume()
  for (let round = 0, going = writes > 0; going; round += 1) {
    const result = await store.commit({
      guard: [],
      writes: Array.from({ length: writes }, (_, index) => ({
        key: `key/${index}`,
        value: `${process.pid} ${round} ${'x'.repeat((round * 37) % 3_000)}`,
      })),
    })
    await say(result.ok ? `${result.value} ${process.pid} ${round}` : JSON.stringify(result.error))
    going = result.ok
  }
} else {
  await say(JSON.stringify(opened.error))
}
