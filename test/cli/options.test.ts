import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { printContextFile } from '../../shared/context_file.ts'
import { CLIENT, lab } from '../shared/lab.ts'
import { billet, directory } from './fixture.ts'

type Wrong = readonly [argv: string, said: string]

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
  ['run --tenant a --priority high', '--priority: expected a whole number from -1000 to 1000, got "high".'],
  ['run --tenant a --grace 5', '--grace: expected a number with ms, s, m, h or d, such as 30s, got "5".'],
  [`run --tenant a --grace ${'9'.repeat(40)}d`, '--grace: expected a number with ms, s, m, h or d'],
  ['run --tenant a --env A', '--env: expected key=value, got "A".'],
  ['run --tenant a --file /no/such/file -- x', 'The file /no/such/file cannot be read: ENOENT'],
  ['run --tenant a --secret t=/no/such/file -- x', 'The file /no/such/file cannot be read: ENOENT'],
  ['run --tenant a --limit-pids 0', '--limit-pids: expected a whole number from 1 to 4194304, got "0".'],
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
    const { code, stdout, stderr } = await billet(argv.split(' '), { BILLET_CONFIG: path })
    t.is(code, 2, `${argv}: ${stderr}`)
    t.is(stdout, '', argv)
    t.true(stderr.includes(said), `${argv}: ${stderr}`)
    t.regex(stderr, /^billet: [^\n]+\n$/, argv)
  }
})
