import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import test, { type ExecutionContext } from 'ava'
import { parseMountPoints, sanitise } from '../../../agent/sanitise/execute.ts'
import { planSanitise } from '../../../agent/sanitise/plan.ts'
import { removeOwned, removeTree } from '../../../agent/sanitise/tree.ts'
import { type ValidationFacts, validate } from '../../../agent/sanitise/validate.ts'
import { type UidRange, processTable } from '../../../agent/runtime/processes.ts'
import { epoch } from '../../../shared/model/ids.ts'
import type { HandBackReport } from '../../../shared/model/run.ts'
import { milliseconds } from '../../../shared/model/time.ts'
import { canMount, isRoot, onlyWhere } from '../../conditional.ts'
import { type Bench, alive, bench, realClock, shell, take, untilSaid } from '../runtime/fixture.ts'

const asRoot = onlyWhere(test, isRoot, 'root')
const withMounts = onlyWhere(test, canMount(), 'to mount file systems')

function directory(t: ExecutionContext): string {
  const made = mkdtempSync(`${tmpdir()}/billet-sanitise-`)
  t.teardown(() => execFileSync('rm', ['-rf', made]))
  return made
}

function handBack(own: Bench, shared: readonly string[], limit = milliseconds(60_000)): Promise<HandBackReport> {
  const uid = isRoot && own.host.root ? own.uid : null
  return sanitise({
    epoch: epoch(4),
    scratch: `${own.host.paths.scratch}/${own.id()}`,
    run: `${own.host.paths.run}/${own.id()}`,
    uid,
    remains: own.runtime.remains(own.id(), uid),
    clock: realClock,
    sharedDirectories: shared,
    machine: null,
    limit,
  })
}

const HOSTILE = `
setsid sh -c 'trap "" TERM HUP; echo $$ > hidden; while :; do sleep 0.05; done' &
while [ ! -s hidden ]; do sleep 0.01; done
ln -s /etc etc; ln -s / root; ln -s "$SHARED/others" others
mkdir closed; echo x > closed/x; chmod 000 closed
printf x > "$(printf 'bad\\377\\nname')"
mkfifo pipe
i=0; while [ $i -lt 2000 ]; do : > "many-$i"; i=$((i+1)); done
echo mine > "$SHARED/mine"; mkdir "$SHARED/ours"; echo x > "$SHARED/ours/x"; echo x > "$SHARED/open/x"
echo ready
`

/** Deeper than any path may be long, built from its bottom up. */
function deepTree(below: string, uid: number, levels: number): void {
  mkdirSync(`${below}/deep`)
  writeFileSync(`${below}/deep/file`, '')
  for (const path of ['deep', 'deep/file']) if (isRoot) chownSync(`${below}/${path}`, uid, uid)
  for (let level = 0; level < levels; level += 1) {
    mkdirSync(`${below}/next`)
    if (isRoot) chownSync(`${below}/next`, uid, uid)
    renameSync(`${below}/deep`, `${below}/next/0123456789`)
    renameSync(`${below}/next`, `${below}/deep`)
  }
}

asRoot('a hostile tenant leaves nothing behind, and takes nothing of others with it', async (t) => {
  const shared = directory(t)
  chmodSync(shared, 0o1777)
  mkdirSync(`${shared}/others`)
  writeFileSync(`${shared}/others/keep`, 'kept')
  mkdirSync(`${shared}/open`)
  chmodSync(`${shared}/open`, 0o777)
  writeFileSync(`${shared}/open/keep`, 'kept')
  const own = bench(t)
  const running = take(await own.begin(shell(HOSTILE, { env: { SHARED: shared } })))
  await untilSaid(own, 'ready')
  t.like(await running.exit, { kind: 'exited', code: 0 })
  const hidden = Number(readFileSync(`${own.host.paths.scratch}/${own.id()}/hidden`, 'utf8'))
  t.true(alive(hidden))
  deepTree(`${own.host.paths.scratch}/${own.id()}`, own.uid, 1200)
  deepTree(shared, own.uid, 200)
  const report = await handBack(own, [shared])
  t.deepEqual(
    report.steps.filter((step) => !step.passed),
    [],
  )
  t.true(report.clean)
  t.is(report.epoch, epoch(4))
  t.deepEqual(readdirSync(own.host.paths.scratch), [])
  t.deepEqual(readdirSync(own.host.paths.run), [])
  t.deepEqual(await processTable().ofUids({ first: own.uid, last: own.uid }), [])
  t.deepEqual(readdirSync(shared).toSorted(), ['open', 'others'])
  t.deepEqual([...readdirSync(`${shared}/open`), ...readdirSync(`${shared}/others`)], ['keep', 'keep'])
  t.true(existsSync('/etc/passwd'))
  t.true((await handBack(own, [shared])).clean, 'and doing it again does no harm')
})

test('without a uid of its own the report says how processes were looked for', async (t) => {
  const own = bench(t, { facts: { root: false, cgroupRoot: null } })
  await own.finish(shell('setsid sleep 60 > /dev/null 2>&1 & sleep 0.2'))
  const report = await handBack(own, [])
  t.true(report.clean)
  t.regex(report.steps[0]?.detail ?? '', /no uid of its own/)
  t.deepEqual(await own.runtime.remains(own.id(), null).survivors(), [])
})

asRoot("what a tenant's directory holds of another is left, and the machine is not called clean", async (t) => {
  const shared = directory(t)
  chmodSync(shared, 0o1777)
  const own = bench(t)
  mkdirSync(`${shared}/trap`)
  writeFileSync(`${shared}/trap/roots`, 'kept')
  writeFileSync(`${shared}/trap/theirs`, '')
  chownSync(`${shared}/trap/theirs`, own.uid, own.uid)
  chownSync(`${shared}/trap`, own.uid, own.uid)
  await own.finish(shell('true'))
  const report = await handBack(own, [shared])
  t.false(report.clean)
  t.regex(report.steps.find((step) => !step.passed)?.detail ?? '', /trap/)
  t.deepEqual(readdirSync(`${shared}/trap`), ['roots'])
})

withMounts('what is mounted in the scratch directory is unmounted, and stays as it is', async (t) => {
  const own = bench(t)
  const other = directory(t)
  writeFileSync(`${other}/keep`, 'kept')
  await own.finish(shell('mkdir mnt; echo x > file'))
  const scratch = `${own.host.paths.scratch}/${own.id()}`
  execFileSync('mount', ['--bind', other, `${scratch}/mnt`])
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', `${scratch}/mnt`])
  const report = await handBack(own, [])
  t.true(report.clean)
  t.regex(report.steps.find((step) => step.id === 'unmount')?.detail ?? '', /^unmounted .*mnt, .*mnt$/)
  t.true(existsSync(`${other}/keep`))
  t.false(existsSync(scratch))
})

withMounts('a mount that is in use stops the hand-back before anything is removed', async (t) => {
  const own = bench(t)
  await own.finish(shell('mkdir mnt; echo x > file'))
  const scratch = `${own.host.paths.scratch}/${own.id()}`
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', `${scratch}/mnt`])
  const holder = spawn('sleep', ['60'], { cwd: `${scratch}/mnt` })
  t.teardown(() => execFileSync('umount', ['-l', `${scratch}/mnt`]))
  t.teardown(() => holder.kill('SIGKILL'))
  await once(holder, 'spawn')
  const report = await handBack(own, [])
  t.false(report.clean)
  t.regex(report.steps.at(-1)?.detail ?? '', /mnt/)
  t.true(existsSync(`${scratch}/file`))
})

asRoot('a hand-back that takes longer than it may fails, and frees nothing', async (t) => {
  const own = bench(t)
  await own.finish(shell('true'))
  const report = await handBack(own, [], milliseconds(0))
  t.false(report.clean)
  t.regex(report.steps[0]?.detail ?? '', /the time for the hand-back was over/)
})

withMounts('a file system mounted below is not entered', async (t) => {
  const root = directory(t)
  mkdirSync(`${root}/tree/mnt`, { recursive: true })
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', `${root}/tree/mnt`])
  t.teardown(() => execFileSync('umount', ['-l', `${root}/tree/mnt`]))
  writeFileSync(`${root}/tree/mnt/keep`, '')
  const outcome = await removeTree(`${root}/tree`)
  t.true(outcome.leftCount > 0)
  t.true(existsSync(`${root}/tree/mnt/keep`))
})

asRoot('a file that cannot be removed fails its step by name', async (t) => {
  const own = bench(t)
  await own.finish(shell('echo x > fixed'))
  const fixed = `${own.host.paths.scratch}/${own.id()}/fixed`
  execFileSync('chattr', ['+i', fixed])
  t.teardown(() => execFileSync('chattr', ['-i', fixed]))
  const report = await handBack(own, [])
  t.false(report.clean)
  t.regex(report.steps.find((step) => !step.passed)?.detail ?? '', /fixed.*EPERM/)
})

test('a link in the place of the tree is not followed', async (t) => {
  const root = directory(t)
  mkdirSync(`${root}/target`)
  writeFileSync(`${root}/target/keep`, '')
  symlinkSync(`${root}/target`, `${root}/link`)
  await t.throwsAsync(removeTree(`${root}/link`))
  t.true(existsSync(`${root}/target/keep`))
  t.deepEqual(await removeTree(`${root}/absent`), { removed: 0, left: [], leftCount: 0 })
  t.deepEqual(await removeOwned(`${root}/absent`, 1), { removed: 0, left: [], leftCount: 0 })
})

test('the plan kills first, looks for processes last, and sweeps only for a uid of its own', (t) => {
  const facts = {
    scratch: '/s/p',
    run: '/r/p',
    sharedDirectories: ['/tmp', '/tmp', '/tmp/x', '/var/tmp'],
    mountPoints: ['/', '/s', '/s/p2', '/s/p/a', '/s/p/a/b', '/run/user/7', '/run/user/70'],
    machineSteps: [],
    lastStep: null,
  }
  const plan = planSanitise({ ...facts, uid: 7 })
  t.is(plan[0]?.kind, 'kill')
  t.is(plan.at(-1)?.kind, 'verify_no_process')
  t.deepEqual(
    plan.flatMap((step) => (step.kind === 'remove_owned' ? [step.directory] : [])),
    ['/tmp', '/tmp/x', '/var/tmp'],
  )
  t.deepEqual(
    plan.flatMap((step) => (step.kind === 'unmount' ? step.mounts : [])),
    ['/run/user/7', '/s/p/a/b', '/s/p/a'],
  )
  t.false(planSanitise({ ...facts, uid: null }).some((step) => step.kind === 'remove_owned'))
})

test('mount points with blanks are read as they are', (t) => {
  t.deepEqual(parseMountPoints('36 35 98:0 / /a\\040b rw - ext3 /dev/x rw\n'), ['/a b'])
})

test('a machine is validated by what is so', async (t) => {
  const own = bench(t)
  const { state, scratch, run } = own.host.paths
  const facts = {
    validation: 3,
    state,
    scratch,
    run,
    tenantUids: isRoot ? { first: own.uid, last: own.uid } : null,
    cgroup: { usable: own.host.cgroupRoot !== null, detail: 'as found' },
    freeBytesMin: 1,
    clock: realClock,
    machine: null,
    processesOf: (range: UidRange) => processTable().ofUids(range),
  }
  t.like(await validate(facts), { validation: 3, passed: true })
  take(await own.begin(shell('echo ready; sleep 60')))
  await untilSaid(own, 'ready')
  const failed = async (of: ValidationFacts): Promise<readonly string[]> => {
    const { checks } = await validate(of)
    return checks.filter((check) => !check.passed).map((check) => check.id)
  }
  const expected = ['scratch_empty', 'secrets_empty', 'state_has_room', 'scratch_has_room']
  t.deepEqual(
    await failed({ ...facts, freeBytesMin: Number.MAX_SAFE_INTEGER }),
    isRoot ? ['no_tenant_process', ...expected] : expected,
  )
  await handBack(own, [])
  rmSync(run, { recursive: true })
  t.deepEqual(await failed(facts), ['secrets_empty'])
})
