import { Command } from 'commander'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import * as fc from 'fast-check'
import {
  type OptionSpec,
  type Sources,
  addFlags,
  addressOption,
  addressesOption,
  booleanOption,
  bytesOption,
  choiceOption,
  durationOption,
  integerOption,
  parseAddress,
  resolveOptions,
  textOption,
} from '../../shared/config.ts'
import { hours, minutes, seconds } from '../../shared/model/time.ts'
import { must } from '../fixtures.ts'
import { directory } from './programs.ts'

const options = {
  dataDir: textOption({ help: 'where', default: '/var/lib/x' }),
  listen: addressOption({ help: 'where', default: '0.0.0.0:7443' }),
  peers: addressesOption({ help: 'who', default: '' }),
  level: choiceOption({ help: 'which', default: 'info' }, ['debug', 'info']),
  most: integerOption({ help: 'how many', default: '10' }, 1, 100),
  wait: durationOption({ help: 'how long', default: '10s' }),
  lifetime: durationOption({ help: 'how long', default: '30d' }, { least: '1h', most: '90d' }),
  room: bytesOption({ help: 'how much', default: '64MiB' }),
  brave: booleanOption({ help: 'whether', default: 'false' }),
} as const

function sources(t: ExecutionContext, given: Partial<Sources> & { readonly toml?: string } = {}): Sources {
  const path = join(directory(t), 'options.toml')
  const { toml, ...rest } = given
  if (toml !== undefined) writeFileSync(path, toml)
  return { prefix: 'X_', file: { path, required: toml !== undefined }, environment: {}, flags: {}, ...rest }
}

const faults = (t: ExecutionContext, given: Parameters<typeof sources>[1]): readonly string[] => {
  const resolved = resolveOptions(options, sources(t, given))
  return resolved.ok ? [] : resolved.error
}

test('what nobody says has its default', (t) => {
  t.deepEqual(must(resolveOptions(options, sources(t))), {
    dataDir: '/var/lib/x',
    listen: { host: '0.0.0.0', port: 7443 },
    peers: [],
    level: 'info',
    most: 10,
    wait: seconds(10),
    lifetime: hours(30 * 24),
    room: 64 * 1024 ** 2,
    brave: false,
  })
})

test('the environment goes before the file, and a flag before both', (t) => {
  const toml = 'most = 1\nlevel = "debug"\nwait = "1m"\nbrave = true\npeers = ["a:1", "[::1]:2"]\n'
  const environment = { X_MOST: '2', X_WAIT: '2m', OTHER: 'x' }
  const resolved = must(resolveOptions(options, sources(t, { toml, environment, flags: { most: '3' } })))
  t.is(resolved.level, 'debug')
  t.is(resolved.wait, minutes(2))
  t.is(resolved.most, 3)
  t.true(resolved.brave)
  t.deepEqual(resolved.peers, [
    { host: 'a', port: 1 },
    { host: '::1', port: 2 },
  ])
})

test('every fault is told at once: where it was said, what was expected, and what was said', (t) => {
  const found = faults(t, {
    toml: 'most = 1000\nunknown = 1\nroom = "12 apples"\n[level]\nx = 1\n',
    environment: { X_LISTEN: 'nowhere', X_UNKNOWN: '1' },
    flags: { wait: 'soon' },
  })
  const expected: readonly RegExp[] = [
    /options\.toml: unknown is no option; there are: data_dir, listen, /,
    /options\.toml: level: expected one value, got a table/,
    /^X_UNKNOWN: is no option; see --help/,
    /^X_LISTEN: expected host:port, such as 0\.0\.0\.0:7443, got "nowhere"$/,
    /options\.toml: most: expected a whole number from 1 to 100, got "1000"$/,
    /^--wait: expected a length of time from 1ms to 24d, such as 10s or 5m, got "soon"$/,
    /options\.toml: room: expected a size such as 64KiB or 1GiB, got "12 apples"$/,
  ]
  for (const [index, pattern] of expected.entries()) t.regex(found[index] ?? '', pattern)
  t.is(found.length, expected.length)
})

test('a file that is wrong is refused with the line; one that is there and cannot be read is not passed over', (t) => {
  const [syntax = ''] = faults(t, { toml: 'most = 3\nsecret = = "hunter2"\n' })
  t.regex(syntax, /options\.toml: is not TOML: line 2, column \d+: /)
  t.false(syntax.includes('hunter2'), 'what is on the line is not repeated')
  const absent = join(directory(t), 'absent.toml')
  t.deepEqual(faults(t, { file: { path: absent, required: false } }), [])
  t.regex(faults(t, { file: { path: absent, required: true } }).join(), /absent\.toml: cannot be read: ENOENT/)
  const home = directory(t)
  t.regex(faults(t, { file: { path: home, required: false } }).join(), /cannot be read: EISDIR/)
})

const WRONG: readonly (readonly [OptionSpec<unknown>, readonly string[]])[] = [
  [options.listen, ['', 'a', 'a:', ':1', 'a:65536', 'a:1:2', 'a b:1', 'http://localhost:1', '[::1]', 'a:-1', 'a:1 ']],
  [options.peers, ['a', 'a:1,', 'a:1;b:2', 'a:1,b:70000']],
  [options.level, ['', 'INFO', 'trace', 'constructor']],
  [options.most, ['', '0', '101', '1.5', '-1', '1e1', ' 5', '0x5', 'NaN']],
  [options.wait, ['', '10', '10 s', 's', '-1s', '0s', '25d', '1w', '1e3s', `${'9'.repeat(400)}d`]],
  [options.lifetime, ['59m', '91d']],
  [options.room, ['', '1KB', '1.5GiB', '-1', '1gib', `${'9'.repeat(30)}TiB`]],
  [options.brave, ['', 'yes', '1', 'True']],
]

test('what an option cannot be is refused', (t) => {
  for (const [option, texts] of WRONG) {
    for (const text of texts) t.is(option.parse(text), undefined, `${JSON.stringify(text)}: ${option.expected}`)
  }
})

test('no text makes a parser throw', (t) => {
  const texts = fc.oneof(fc.string(), fc.stringMatching(/^[0-9.:[\]smhdKiB-]{0,40}$/))
  fc.assert(
    fc.property(texts, (text) => {
      for (const option of Object.values(options)) option.parse(text)
    }),
  )
  t.pass()
})

test('an address that is printed is read again', (t) => {
  const host = fc.oneof(
    fc.domain(),
    fc.ipV4(),
    fc.ipV6().map((text) => `[${text}]`),
  )
  fc.assert(
    fc.property(host, fc.integer({ min: 0, max: 65_535 }), (name, port) => {
      const address = parseAddress(`${name}:${port}`)
      return address?.port === port && address.host === name.replaceAll(/[[\]]/g, '')
    }),
  )
  t.pass()
})

test('help names every flag with its variable and its default', (t) => {
  const help = addFlags(new Command('x'), options, 'X_').helpInformation()
  t.regex(help, /--data-dir <value>\s+where \(env X_DATA_DIR; default\s+\/var\/lib\/x\)/)
  t.regex(help, /--peers <value>\s+who \(env X_PEERS\)/)
  t.regex(help, /--brave\s+whether \(env X_BRAVE; default false\)/)
})
