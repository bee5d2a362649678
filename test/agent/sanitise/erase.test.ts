import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { eraseDevice, eraseFacts } from '../../../agent/sanitise/erase.ts'
import { type EraseMethod, planErase } from '../../../agent/sanitise/erase_plan.ts'
import { onlyWhere } from '../../conditional.ts'
import { refusal, take } from '../runtime/fixture.ts'
import { SIZE, hasLoopDevices, loopDevice as device } from './loop_device.ts'

/** A program in place of the system's. */
function standIn(t: ExecutionContext, name: string, script: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'billet-stand-in-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  writeFileSync(join(directory, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(directory, name), 0o755)
  return directory
}

const withDevice = onlyWhere(test.serial, hasLoopDevices, 'loop devices')
const only =
  (path: string, ...methods: readonly EraseMethod[]) =>
  async () => {
    const facts = take(await eraseFacts(path))
    return { ...planErase(facts), methods }
  }

withDevice('every method leaves nothing of what was there, and says how it was proved', async (t) => {
  for (const method of ['discard', 'write_zeroes'] as const) {
    const path = device(t)
    const erased = take(await eraseDevice(await only(path, method)(), Math.random))
    t.like(erased.erased, { device: path, method, category: 'clear', bytes: SIZE })
    t.regex(erased.detail, /NIST SP 800-88 clear, \d+ places of 4096 bytes read back/)
    t.true(readFileSync(path).equals(Buffer.alloc(SIZE)), method)
  }
})

withDevice('a method that reports success and erases nothing is found out, and the next one is tried', async (t) => {
  const path = device(t)
  // As a tool did for years: the command succeeds, the data stays.
  const lying = standIn(t, 'nvme', 'exit 0')
  const plan = await only(path, 'nvme_format_crypto')()
  const refused = refusal(await eraseDevice(plan, Math.random, lying))
  t.regex(refused, /nvme_format_crypto: \d+ of \d+ places read back were not erased/)
  const both = await eraseDevice({ ...plan, methods: ['nvme_format_crypto', 'write_zeroes'] }, Math.random, lying)
  t.regex(take(both).detail, /write_zeroes.*before that nvme_format_crypto/)
})

withDevice('a drive that says it sanitised itself, and has not, is found out too', async (t) => {
  const path = device(t)
  const lying = standIn(t, 'hdparm', 'echo "    Last Sanitize Operation Completed Without Error"')
  const plan = await only(path, 'ata_sanitize_block', 'ata_security')()
  const refused = refusal(await eraseDevice(plan, Math.random, lying))
  t.regex(refused, /ata_sanitize_block: \d+ of \d+ places read back were not erased/)
  t.regex(refused, /ata_security: \d+ of \d+ places/)
})

withDevice('a security erase that fails leaves no password behind', async (t) => {
  const path = device(t)
  const calls = join(mkdtempSync(join(tmpdir(), 'billet-hdparm-')), 'calls')
  const failing = standIn(t, 'hdparm', `echo "$@" >>${calls}\ncase "$*" in *--security-erase*) exit 5 ;; esac`)
  const plan = await only(path, 'ata_security_enhanced')()
  t.regex(refusal(await eraseDevice(plan, Math.random, failing)), /ata_security_enhanced: .*failed/)
  t.regex(readFileSync(calls, 'utf8'), /set-pass billet.*\n.*erase-enhanced billet.*\n.*security-disable billet/)
})

withDevice('a device that is mounted is left alone', async (t) => {
  const path = device(t)
  execFileSync('mkfs.ext4', ['-q', '-F', path])
  const directory = mkdtempSync(join(tmpdir(), 'billet-mounted-'))
  execFileSync('mount', [path, directory])
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  try {
    const plan = planErase(take(await eraseFacts(path)))
    t.regex(refusal(await eraseDevice(plan, Math.random)), new RegExp(`in use: mounted at ${directory}`))
  } finally {
    execFileSync('umount', [directory])
  }
})

test('what is no block device is refused by name', async (t) => {
  t.regex(refusal(await eraseFacts('/dev/null')), /\/dev\/null is no block device/)
  t.regex(refusal(await eraseFacts('/dev/absent')), /no device \/dev\/absent/)
})
