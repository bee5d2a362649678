import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import test, { type ExecutionContext } from 'ava'
import { assert, dictionary, property, string } from 'fast-check'
import { type Baseline, differences } from '../../../agent/sanitise/baseline.ts'
import { forgetBaseline, readBaseline, writeBaseline } from '../../../agent/sanitise/baseline_file.ts'
import { main } from '../../../agent/command.ts'
import { BaselineReader } from '../../../agent/sanitise/baseline_read.ts'
import { gpuHolders } from '../../../agent/sanitise/gpus.ts'
import { MachineScope, type MachineScopeOptions } from '../../../agent/sanitise/machine_scope.ts'
import { seconds } from '../../../shared/model/time.ts'
import { isRoot, onlyWhere } from '../../conditional.ts'
import { refusal, take } from '../runtime/fixture.ts'

const asRoot = onlyWhere(test, isRoot, 'root')

function directory(t: ExecutionContext): string {
  const made = mkdtempSync(join(tmpdir(), 'billet-scope-'))
  t.teardown(() => rmSync(made, { recursive: true, force: true }))
  return made
}

function scope(below: string, change: Partial<MachineScopeOptions> = {}): MachineScope {
  return new MachineScope({
    baselineFile: join(below, 'baseline.json'),
    baselineIgnore: [],
    scratchDevices: [],
    fencedDevices: 'quarantine',
    fenceFile: join(below, 'fenced.json'),
    stepsDirectory: join(below, 'steps'),
    stepLimit: seconds(5),
    gpuScrub: '',
    gpuReset: false,
    gpuDaemons: [],
    random: Math.random,
    ...change,
  })
}

const empty: Baseline = { file: {}, setuid: {}, sysctl: {}, module: {}, listener: {}, mount: {} }

test('a file that changed, a module or a port that came is a difference; a port that went is none', (t) => {
  const before: Baseline = { ...empty, file: { '/etc/passwd': 'a', '/etc/x': 'b' }, listener: { 'tcp 22': 'there' } }
  const now: Baseline = { ...empty, file: { '/etc/passwd': 'c', '/etc/y': 'd' }, module: { evil: 'there' } }
  t.deepEqual(differences(before, now, []), [
    { kind: 'file', name: '/etc/passwd', change: 'changed' },
    { kind: 'file', name: '/etc/x', change: 'removed' },
    { kind: 'file', name: '/etc/y', change: 'added' },
    { kind: 'module', name: 'evil', change: 'added' },
  ])
  t.deepEqual(differences(before, now, ['file:/etc/*', 'module:evil']), [])
})

test('nothing differs from itself, whatever it is', (t) => {
  assert(
    property(dictionary(string(), string()), (names) => {
      const one: Baseline = { ...empty, file: names, module: names }
      return differences(one, { ...one }, []).length === 0
    }),
  )
  t.pass()
})

test('a machine that a tenant changed is not as its baseline says', async (t) => {
  const root = directory(t)
  mkdirSync(join(root, 'etc/cron.d'), { recursive: true })
  mkdirSync(join(root, 'usr/bin'), { recursive: true })
  mkdirSync(join(root, 'proc/net'), { recursive: true })
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\n')
  writeFileSync(join(root, 'proc/modules'), 'ext4 1 1 - Live 0\n')
  const reader = new BaselineReader(root)
  const clean = await reader.read()
  t.deepEqual(differences(clean, await reader.read(), []), [])
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\nevil:x:0:0::/:/bin/sh\n')
  writeFileSync(join(root, 'etc/cron.d/later'), '* * * * * root /tmp/x\n')
  writeFileSync(join(root, 'usr/bin/shell'), '')
  chmodSync(join(root, 'usr/bin/shell'), 0o4755)
  writeFileSync(join(root, 'proc/modules'), 'ext4 1 1 - Live 0\nrootkit 1 1 - Live 0\n')
  const tcp = '  sl  local_address rem_address   st\n   0: 00000000:115C 00000000:0000 0A 0:0\n'
  writeFileSync(join(root, 'proc/net/tcp'), tcp)
  const found = differences(clean, await reader.read(), []).map(({ kind, name }) => `${kind}:${name}`)
  t.deepEqual(found, [
    'file:/etc/cron.d/later',
    'file:/etc/passwd',
    'setuid:/usr/bin/shell',
    'module:rootkit',
    'listener:tcp 00000000 port 4444',
  ])
})

test("the agent's own program is the one that runs, whichever that is", async (t) => {
  const own = (await new BaselineReader().read()).file[process.execPath] ?? ''
  t.regex(own, /^as it runs \d+:\d+ 100\d+$/)
  const other = join(directory(t), 'agent')
  writeFileSync(other, 'one', { mode: 0o755 })
  const reader = new BaselineReader('', other)
  const before = await reader.read()
  t.regex(before.file[other] ?? '', /^[0-9a-f]{64} /, 'which does not run')
  writeFileSync(other, 'two')
  t.deepEqual(
    differences(before, await reader.read(), []).filter(({ name }) => name === other),
    [{ kind: 'file', name: other, change: 'changed' }],
  )
})

asRoot('one file can be taken for right, and all else is compared as before', async (t) => {
  const below = directory(t)
  chmodSync(below, 0o700)
  const path = join(below, 'baseline.json')
  const now = await new BaselineReader().read()
  writeBaseline(path, { ...now, file: { ...now.file, '/etc/passwd': 'other', '/etc/group': 'other' } })
  writeFileSync(join(below, 'options.toml'), '')
  const accept = (file: string): Promise<number> =>
    main(['baseline', `--config-file=${join(below, 'options.toml')}`, `--state-dir=${below}`, '--accept', file])
  t.is(await accept('/etc/passwd'), 0)
  const { file } = take(readBaseline(path)) ?? { file: {} }
  t.deepEqual(file, { ...now.file, '/etc/group': 'other' })
  t.is(await accept('/tmp/elsewhere'), 2)
})

asRoot('the baseline is kept as it was, and one that was altered proves nothing', async (t) => {
  const path = join(directory(t), 'baseline.json')
  t.is(take(readBaseline(path)), null)
  const baseline = await new BaselineReader().read()
  writeBaseline(path, baseline)
  t.deepEqual(take(readBaseline(path)), baseline)
  writeFileSync(path, readFileSync(path, 'utf8').replace('/etc/passwd', '/etc/passwx'))
  t.regex(refusal(readBaseline(path)), /damaged: its digest/)
  writeFileSync(path, '{')
  t.regex(refusal(readBaseline(path)), /damaged/)
  t.true(forgetBaseline(path))
  t.false(existsSync(path))
})

asRoot('a baseline is taken once, on a machine that is clean, and then compared with', async (t) => {
  const below = directory(t)
  const own = scope(below)
  t.regex((await own.compareOrTake()).detail, /^taken now: \d+ of file/)
  writeBaseline(join(below, 'baseline.json'), {
    ...(await new BaselineReader().read()),
    sysctl: { 'kernel.randomize_va_space': 'x' },
  })
  const outcome = await scope(below, { baselineIgnore: ['listener:*', 'mount:*', 'file:*'] }).compareOrTake()
  t.false(outcome.passed)
  t.regex(
    outcome.detail,
    /sysctl kernel\.randomize_va_space changed; where that is as it should be: billet-agent baseline --forget/,
  )
})

test("a site's own steps run in the order of their names, and one that fails or hangs fails closed", async (t) => {
  const below = directory(t)
  const steps = join(below, 'steps')
  mkdirSync(steps)
  const write = (name: string, script: string, mode = 0o755): void => {
    writeFileSync(join(steps, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(steps, name), mode)
  }
  write('20-second', 'echo "epoch $BILLET_EPOCH uid $BILLET_TENANT_UID"')
  write('10-first', 'echo wrong >&2; exit 3')
  write('30-hangs', 'sleep 60')
  write('40-loose', 'true', 0o777)
  write('kept.bak', 'true')
  const own = scope(below, { stepLimit: seconds(0.2) })
  const planned = (await own.steps()).filter((step) => step.kind === 'program')
  t.deepEqual(
    planned.map((step) => step.program),
    ['10-first', '20-second', '30-hangs', '40-loose'].map((name) => join(steps, name)),
  )
  const outcomes = []
  for (const step of planned) outcomes.push(await own.act(step, { epoch: 7, uid: 9, scratch: '/s' }))
  t.deepEqual(
    outcomes.map(({ passed }) => passed),
    [false, true, false, false],
  )
  t.regex(outcomes[0]?.detail ?? '', /failed \(3\): wrong/)
  t.is(outcomes[1]?.detail, 'epoch 7 uid 9')
  t.regex(outcomes[2]?.detail ?? '', /did not end within/)
  t.regex(outcomes[3]?.detail ?? '', /can be written to by others/)
})

test('whoever has a GPU open is named, save the daemons that may', (t) => {
  const root = directory(t)
  const holder = (pid: number, name: string, device: string): void => {
    mkdirSync(join(root, `${pid}/fd`), { recursive: true })
    writeFileSync(join(root, `${pid}/stat`), `${pid} (${name}) S 1 ${pid} ${pid} ${'0 '.repeat(20)}`)
    writeFileSync(join(root, `${pid}/comm`), `${name}\n`)
    symlinkSync(device, join(root, `${pid}/fd/3`))
  }
  holder(10, 'python3', '/dev/nvidia0')
  holder(11, 'nvidia-persiste', '/dev/nvidia0')
  holder(12, 'cat', '/dev/null')
  t.deepEqual(gpuHolders(['nvidia-persiste'], root), [{ pid: 10, name: 'python3' }])
  t.deepEqual(gpuHolders([], root).length, 2)
})
