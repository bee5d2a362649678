import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { printContextFile } from '../../shared/context_file.ts'
import { CLIENT, lab } from '../shared/lab.ts'
import { billet, directory } from './fixture.ts'

type Wrong = readonly [argv: string | readonly string[], said: string]

const run = (...options: readonly string[]) => ['run', '--tenant', 'a', ...options]

/** What is wrong in a command line is said before anyone is asked: nobody answers at the address of this context. */
const WRONG: readonly Wrong[] = [
  ['machines list -o yaml', '--output: expected table, json or name, got "yaml".'],
  [
    'machines list --state broken',
    '--state: expected one of pending, validating, available, allocated, sanitising, quarantined, retired, got',
  ],
  ['machines list --state unspecified', '--state: expected one of pending, '],
  ['machines list -l label', '--selector: expected key=value, got "label".'],
  ['machines label m --set =x', '--set: expected key=value, got "=x".'],
  ['machines cordon m', "required option '--reason <text>' not specified"],
  ['machines cordon --reason x', "missing required argument 'machine'"],
  ['run', "required option '--tenant <tenant>' not specified"],
  ['run --tenant a -n 0', '--machines: expected a whole number from 1 to 4096, got "0".'],
  ['run --tenant a -n 1.5', '--machines: expected a whole number from 1 to 4096, got "1.5".'],
  ['run --tenant a --gpus -1', '--gpus: expected a whole number from 0 to 1024, got "-1".'],
  ['run --tenant a --memory lots', '--memory: expected a size such as 64GiB, got "lots".'],
  [`run --tenant a --memory ${'9'.repeat(40)}`, '--memory: expected a size such as 64GiB, got "999'],
  ['run --tenant a --priority 1001', '--priority: expected a whole number from -1000 to 1000, got "1001".'],
  ['run --tenant a --priority 1x', '--priority: expected a whole number from -1000 to 1000, got "1x".'],
  [
    'run --tenant a --priority High',
    "--priority: expected a whole number from -1000 to 1000, or a class's name (1 to 63 of a-z, 0-9 and inner " +
      'hyphens, a letter first), got "High".',
  ],
  ['tenants set a --max-priority -1001', '--max-priority: expected a whole number from -1000 to 1000, got "-1001".'],
  ['tenants set a', 'Say what to set: --share, --quota, --no-quotas, --max-priority or --no-max-priority.'],
  ['run --tenant a --grace 5', '--grace: expected a number with ms, s, m, h or d, such as 30s, got "5".'],
  [`run --tenant a --grace ${'9'.repeat(40)}d`, '--grace: expected a number with ms, s, m, h or d'],
  ['run --tenant a --env A', '--env: expected key=value, got "A".'],
  ['run --tenant a --file /no/such/file -- x', 'The file /no/such/file cannot be read: ENOENT'],
  ['run --tenant a --secret t=/no/such/file -- x', 'The file /no/such/file cannot be read: ENOENT'],
  ['run --tenant a --limit-pids 0', '--limit-pids: expected a whole number from 1 to 4194304, got "0".'],
  [run('--require', 'gpu.cout >= 8'), '--require: column 1: expected label.KEY or one of class, arch, '],
  [run('--require', 'gpu.cout >= 8'), ', found gpu.cout: >>>gpu.cout >= 8\n'],
  [
    run('--require', 'gpu.count >= 8 and'),
    '--require: column 19: expected an attribute, found the end: gpu.count >= 8 and>>>',
  ],
  [
    run('--require', 'memory >= lots'),
    '--require: column 11: expected a size as 512GiB or 2TB, found lots: memory >= >>>lots',
  ],
  [run('--require', ''), '--require: column 1: expected an attribute'],
  [run('--prefer', 'arch ='), '--prefer: column 7: expected a text, found the end'],
  [run('--prefer', 'arch = x64:1001'), '--prefer: expected a whole number from -1000 to 1000, got "1001".'],
  [run('--prefer', 'arch = x64:0'), '--prefer: expected a weight other than 0.'],
  [run('--group', 'ps'), '--group: expected name:count or name:count:expression, got "ps".'],
  [run('--group', ':1'), '--group: expected name:count or name:count:expression, got ":1".'],
  [run('--group', `${'x'.repeat(64)}:1`), '--group: expected name:count'],
  [run('--group', 'ps:0'), '--group: expected a whole number from 1 to 4096, got "0".'],
  [
    run('--group', 'ps:1:arch > x64'),
    '--group ps: column 6: expected =, !=, ~, in or exists for a text, found >: arch >>>> x64',
  ],
  ['run --tenant a --spread rack:0', '--spread: expected a whole number from 1 to 4096, got "0".'],
  ['run --tenant a --spread rack:two', '--spread: expected a whole number from 1 to 4096, got "two".'],
  ['run --tenant a --spread :2', '--spread: expected a level such as rack, got "".'],
  ['run --tenant a --spread a:b:2', '--spread: expected a level, or level:most, got "a:b:2".'],
  [`run --tenant a --pack ${'x'.repeat(64)}`, '--pack: expected a level such as rack, got "xxx'],
  [
    'run --tenant a --pack rack --pack-required rack',
    "option '--pack <level>' cannot be used with option '--pack-required",
  ],
  ['run --tenant a --array 0', '--array: expected a whole number from 1 to 1000, got "0".'],
  ['run --tenant a --array 8:', '--array: expected a whole number from 0 to 1000, got "".'],
  ['run --tenant a --array 8:2:1', '--array: expected a count, or count:most, got "8:2:1".'],
  ['run --tenant a --after :ended', '--after: expected a workload, or workload:end, got ":ended".'],
  ['run --tenant a --after wkl-1:done', '--after: expected one of succeeded, ended, failed, got "done".'],
  ['run --tenant a --start-after 2hours', '--start-after: expected a number with ms, s, m, h or d, such as 30s'],
  [
    'run --tenant a --start-after 2h30',
    '--start-after: expected a time such as 2026-12-24T18:00:00Z, or 2h, got "2h30".',
  ],
  ['run --tenant a --start-after 2026-12-24T18:00:00', '--start-after: expected a time such as'],
  ['run --tenant a --start-after 2026-02-30T18:00:00Z', '--start-after: expected a time such as'],
  ['run --tenant a --start-after 1969-02-03T18:00:00Z', '--start-after: expected a time such as'],
  ['telemetry query up --end 1', '--end: expected a time such as 2026-12-24T18:00:00Z, got "1".'],
  ['telemetry query up --end 2026-02-30T18:00:00Z', '--end: expected a time such as'],
  ['reservations create a --upkeep --tenant b --count 1', 'Say for whom: --tenant, or --upkeep.'],
  ['reservations create a --count 1', 'Say for whom: --tenant, or --upkeep.'],
  ['reservations create a --upkeep', 'Say which machines: --machine, or --count.'],
  ['reservations create a --tenant b --count 1', '--duration: expected how long a window lasts.'],
  ['reservations create a --upkeep --count 1 --times 2', '--until and --times: expected --every beside.'],
  ['reservations create a --upkeep --count 1 --every hour', '--every: expected day or week, got "hour".'],
  ['reservations set a --every day --times 2 --until 2h', 'Expected --until or --times, got both.'],
  ['tenants set a --share 0', '--share: expected a number above 0 and up to 1000000, got "0".'],
  ['tenants set a --share -1', '--share: expected a number above 0 and up to 1000000, got "-1".'],
  ['tenants set a --share 1e9', '--share: expected a number above 0 and up to 1000000, got "1e9".'],
  ['tenants set a --quota -1', '--quota: expected a whole number from 0 to 1000000, got "-1".'],
  ['tenants set a --quota x=', '--quota: expected a whole number from 0 to 1000000, got "".'],
  ['tenants set a --quota =1', '--quota: expected class=limit or a limit, got "=1".'],
  ['tenants set a --quota x=1 --quota x=2', '--quota: expected one for class x.'],
  ['tenants set a --quota 3..2', '--quota: expected no more guaranteed than the limit, got "3..2".'],
  ['tenants set a --quota 1..2..3', '--quota: expected guaranteed..limit, got "1..2..3".'],
  ['tenants set a --quota ..3', '--quota: expected a whole number from 0 to 1000000, got "".'],
  ['tenants set a --quota 1 --no-quotas', 'Expected --quota or --no-quotas, got both.'],
  ['logs', "missing required argument 'workload'"],
  ['logs w --rank -1', '--rank: expected a whole number from 0 to 4095, got "-1".'],
  ['logs w --tail-bytes x', '--tail-bytes: expected a size such as 64GiB, got "x".'],
  ['exec -- true', 'Say on which machines: --on <machine>, a selection, or --all.'],
  ['exec --all', "missing required argument 'argv'"],
  ['exec --all --timeout soon -- true', '--timeout: expected a number with ms, s, m, h or d, such as 30s, got "soon".'],
  ['exec --all --output-max much -- true', '--output-max: expected a size such as 64GiB, got "much".'],
  ['tokens create --uses 0', '--uses: expected a whole number from 1 to 100000, got "0".'],
  ['tokens create --ttl forever', '--ttl: expected a number with ms, s, m, h or d, such as 30s, got "forever".'],
  ['events --last 0', '--last: expected a whole number from 1 to 1000, got "0".'],
  ['placements list -w --after x', '--after: expected a whole number from 0 to 9007199254740991, got "x".'],
  ['workloads list --state open', '--state: expected one of queued, starting, running, stopping, succeeded, failed, '],
  ['top --nothing', "unknown option '--nothing'"],
]

test('what is wrong in a command line is said with its option and what is expected there', async (t) => {
  const home = join(directory(t), 'billet')
  mkdirSync(home)
  const made = await lab()
  const context = { address: '127.0.0.1:1', ca: made.certificate, ...(await made.sign(CLIENT)) }
  const path = join(home, 'config.json')
  writeFileSync(path, printContextFile({ current: 'a', contexts: { a: context } }), { mode: 0o600 })
  for (const [argv, said] of WRONG) {
    const words = typeof argv === 'string' ? argv.split(' ') : argv
    const asked = words.join(' ')
    const { code, stdout, stderr } = await billet(words, { BILLET_CONFIG: path })
    t.is(code, 2, `${asked}: ${stderr}`)
    t.is(stdout, '', asked)
    t.true(stderr.includes(said), `${asked}: ${stderr}`)
    t.regex(stderr, /^billet: [^\n]+\n$/, asked)
  }
})
