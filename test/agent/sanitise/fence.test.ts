import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { MachineScope } from '../../../agent/sanitise/machine_scope.ts'
import type { MachineStep } from '../../../agent/sanitise/plan.ts'
import { seconds } from '../../../shared/model/time.ts'
import { onlyWhere } from '../../conditional.ts'
import { refusal, take } from '../runtime/fixture.ts'
import { hasLoopDevices, loopDevice } from './loop_device.ts'

const withDevice = onlyWhere(test.serial, hasLoopDevices, 'loop devices')
const RELEASED = { epoch: 1, uid: 200_001, scratch: '' }
const TENANT = 200_001

type Site = { readonly scope: MachineScope; readonly erase: () => Promise<MachineStep>; readonly below: string }

function site(t: ExecutionContext, device: string, fencedDevices: 'quarantine' | 'lesser'): Site {
  const below = mkdtempSync(join(tmpdir(), 'billet-fence-'))
  t.teardown(() => rmSync(below, { recursive: true, force: true }))
  const scope = new MachineScope({
    baselineFile: join(below, 'baseline.json'),
    baselineIgnore: [],
    scratchDevices: [device],
    fencedDevices,
    fenceFile: join(below, 'fenced.json'),
    stepsDirectory: join(below, 'steps'),
    stepLimit: seconds(5),
    gpuScrub: '',
    gpuReset: false,
    gpuDaemons: [],
    random: Math.random,
  })
  const erase = async (): Promise<MachineStep> => {
    const step = (await scope.steps()).find(({ kind }) => kind === 'erase_device')
    if (step === undefined) throw new Error('nothing is erased')
    return step
  }
  return { scope, erase, below }
}

/** As the prolog of a site does that gives a disk to its tenant. */
function open(device: string): void {
  chownSync(device, TENANT, TENANT)
  chmodSync(device, 0o660)
}

const isShut = (device: string): boolean => {
  const { uid, mode } = statSync(device)
  return uid === 0 && (mode & 0o077) === 0
}

withDevice(
  'a device that cannot be proved clean holds its machine back, unless the site offers such machines',
  async (t) => {
    const device = loopDevice(t)
    execFileSync('blockdev', ['--setro', device])
    t.teardown(() => execFileSync('blockdev', ['--setrw', device]))
    open(device)
    const strict = site(t, device, 'quarantine')
    t.like(await strict.scope.act(await strict.erase(), RELEASED), { passed: false, fenced: undefined })
    t.false(isShut(device), 'nobody else is let on the machine, so nothing is taken from anyone')
    const { scope, erase } = site(t, device, 'lesser')
    const fenced = await scope.act(await erase(), RELEASED)
    t.like(fenced, { passed: true, fenced: { device } })
    t.regex(fenced.detail, /fenced off from tenants.*read-only/)
    t.true(isShut(device))
  },
)

withDevice('it stays shut when a boot or a prolog opens it, and is free again once it is proved clean', async (t) => {
  const device = loopDevice(t)
  const { scope, erase } = site(t, device, 'lesser')
  execFileSync('blockdev', ['--setro', device])
  await scope.act(await erase(), RELEASED)
  open(device)
  t.like(take(scope.fenced()), [{ device }])
  t.true(isShut(device))
  execFileSync('blockdev', ['--setrw', device])
  t.like(await scope.act(await erase(), RELEASED), { passed: true, erased: { device } })
  t.deepEqual(take(scope.fenced()), [])
})

withDevice('one that a tenant could reach all the same lets nobody on the machine', async (t) => {
  const device = loopDevice(t)
  const { scope, erase, below } = site(t, device, 'lesser')
  execFileSync('mkfs.ext4', ['-q', '-F', device])
  const directory = join(below, 'mounted')
  mkdirSync(directory)
  execFileSync('mount', [device, directory])
  try {
    const failed = await scope.act(await erase(), RELEASED)
    t.false(failed.passed)
    t.regex(failed.detail, /cannot be fenced off, it is in use: mounted at/)
  } finally {
    execFileSync('umount', [directory])
  }
})

test('a record that was altered is refused, not half believed', async (t) => {
  const { scope, below } = site(t, '/dev/absent', 'lesser')
  writeFileSync(join(below, 'fenced.json'), '{"version":1,"digest":"","fenced":[]}')
  t.regex(refusal(scope.fenced()), /fenced\.json is damaged/)
})
