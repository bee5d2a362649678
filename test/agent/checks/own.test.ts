import { mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { cpuThroughput } from '../../../agent/checks/own/cpu.ts'
import { disk } from '../../../agent/checks/own/disk.ts'
import { loopback } from '../../../agent/checks/own/loopback.ts'
import { memoryBandwidth } from '../../../agent/checks/own/memory.ts'
import { rawDisks } from '../../../agent/checks/own/raw_disks.ts'

const TMPFS_MAGIC = 0x0102_1994

function directory(t: ExecutionContext): string {
  const path = mkdtempSync(join(tmpdir(), 'billet-checks-'))
  t.teardown(() => rmSync(path, { recursive: true }))
  return path
}

for (const [name, measure] of [
  ['cpu-throughput', cpuThroughput],
  ['memory-bandwidth', memoryBandwidth],
  ['loopback', loopback],
] as const) {
  test.serial(`${name} measures within a few seconds`, async (t) => {
    const begun = performance.now()
    const said = await measure()
    t.is(said.check, name)
    t.true('value' in said && said.value > 0, JSON.stringify(said))
    t.true(performance.now() - begun < 20_000)
  })
}

test.serial('a disk is written and read, and no file is left', (t) => {
  const path = directory(t)
  for (const name of ['disk-write', 'disk-read'] as const) {
    const said = disk(name, join(path, 'file'))
    t.is(said.check, name)
    if (statfsSync(path).type === TMPFS_MAGIC) t.true('skipped' in said)
    else t.true(('value' in said && said.value > 0) || 'skipped' in said, JSON.stringify(said))
    t.deepEqual(readdirSync(path), [])
  }
})

test.serial('each disk is read by itself, and compared by its model', async (t) => {
  const root = directory(t)
  const [sys, dev] = [join(root, 'sys'), join(root, 'dev')]
  mkdirSync(dev, { recursive: true })
  const describe = (name: string, bytes: number, model: string, more: Readonly<Record<string, string>> = {}): void => {
    mkdirSync(join(sys, 'block', name, 'device'), { recursive: true })
    writeFileSync(join(sys, 'block', name, 'size'), `${bytes / 512}\n`)
    writeFileSync(join(sys, 'block', name, 'device', 'model'), `${model}\n`)
    for (const [file, text] of Object.entries(more)) writeFileSync(join(sys, 'block', name, file), `${text}\n`)
  }
  const size = 16 * 1024 * 1024
  describe('nvme0n1', size, 'SAMSUNG MZ/QL (1)')
  describe('sda', size, '')
  describe('sdb', size, 'USB stick', { removable: '1' })
  describe('sdc', 0, 'Card reader')
  for (const name of ['nvme0n1', 'sdb']) writeFileSync(join(dev, name), Buffer.alloc(size, 1))
  const said = await rawDisks(sys, dev)
  t.deepEqual(
    said.map(({ check, device }) => `${check} ${device}`),
    ['SAMSUNG-MZ-QL-1 nvme0n1', 'raw-disk-read sda', 'Card-reader sdc'],
  )
  const [first, second, third] = said
  t.true(first !== undefined && (('value' in first && first.value > 0) || 'skipped' in first), JSON.stringify(first))
  t.regex(JSON.stringify(second), /"skipped":"it cannot be opened: ENOENT/)
  t.regex(JSON.stringify(third), /no medium/)
  t.deepEqual(await rawDisks(join(root, 'none'), dev), [{ check: 'raw-disk-read', skipped: 'there is no disk' }])
})
