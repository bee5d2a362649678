import process from 'node:process'
import test from 'ava'
import { systemClock } from '../../shared/clock.ts'
import { type LogLevel, logLevels } from '../../shared/log.ts'
import { ended, program } from './programs.ts'

/** What a program that says these lines to a log of its own has on standard error. */
async function logged(level: LogLevel, lines: string): Promise<readonly unknown[]> {
  const made = "import { createLogger } from 'shared/log.ts'\nconst log = createLogger('tried', "
  const { code, stdout, stderr } = await ended(program(`${made}'${level}')\n${lines}`))
  if (code !== 0 || stdout !== '') throw new Error(`ended with ${code}: ${stdout}${stderr}`)
  return stderr
    .split('\n')
    .filter(Boolean)
    .map((line): unknown => JSON.parse(line))
}

test('one document per line: when, who, how grave, and the fields that were given', async (t) => {
  const [first, ...others] = await logged('info', "log.warn({ machine_id: 'mch-1', count: 2 }, 'said')")
  t.like(first, { level: 'warn', program: 'tried', machine_id: 'mch-1', count: 2, msg: 'said' })
  t.regex(JSON.stringify(first), /"time":"\d{4}-\d\d-\d\dT[\d:.]+Z"/)
  t.deepEqual(others, [])
})

test('what is below the level is not said', async (t) => {
  const all = logLevels.filter((level) => level !== 'silent')
  const lines = all.map((level) => `log.${level}({}, '${level}')`).join('\n')
  for (const [index, level] of all.entries()) {
    const said = await logged(level, lines)
    t.deepEqual(
      said.map((line) => JSON.stringify(line).replace(/.*"msg":"([a-z]+)".*/, '$1')),
      all.slice(index),
    )
  }
  t.deepEqual(await logged('silent', lines), [])
})

test('secrets are not said, at the first level or the second, nor as a property of an error', async (t) => {
  const names = ['token', 'secret', 'secrets', 'key', 'password', 'task', 'spec', 'content']
  const fields = names.map((name) => `${name}: 'hunter2'`).join(', ')
  const said = await logged(
    'info',
    `log.info({ ${fields}, kept: 'seen' }, 'first')
     log.info({ request: { ${fields}, kept: 'seen' } }, 'second')
     log.error({ error: Object.assign(new Error('broken'), { ${fields} }) }, 'third')`,
  )
  t.is(said.length, 3)
  const text = JSON.stringify(said)
  t.false(text.includes('hunter2'))
  t.is(text.split('[secret]').length - 1, 3 * names.length, 'their place is kept')
  t.is(text.split('"kept":"seen"').length - 1, 2)
})

test('an error is said with its message and its place', async (t) => {
  const [line] = await logged('info', "log.error({ error: new TypeError('broken') }, 'failed')")
  t.like(line, { error: { type: 'TypeError', message: 'broken' } })
  t.regex(JSON.stringify(line), /"stack":"TypeError: broken/)
})

test('what was said before a crash is there after it', async (t) => {
  const lines = "log.info({}, 'last words'); process.kill(process.pid, 'SIGKILL')"
  const killed = await ended(
    program(`import { createLogger } from 'shared/log.ts'\nconst log = createLogger('tried', 'info')\n${lines}`),
  )
  t.is(killed.code, null)
  t.regex(killed.stderr, /last words/)
})

test('the system’s clock stamps by the wall and measures without going back', (t) => {
  const before = Date.now()
  const at = systemClock.now()
  t.true(before <= at && at <= Date.now())
  let last = systemClock.monotonic()
  for (let look = 0; look < 1000; look += 1) {
    const next = systemClock.monotonic()
    t.true(next >= last)
    last = next
  }
  const elapsed = Number(process.hrtime.bigint()) / 1e6
  t.true(Math.abs(systemClock.monotonic() - elapsed) < 1000, 'in milliseconds')
})
