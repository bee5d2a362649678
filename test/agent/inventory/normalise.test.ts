import test from 'ava'
import * as fc from 'fast-check'
import { inventoryDigest } from '../../../agent/inventory/digest.ts'
import { hardwareUuid, linkAddress, serial } from '../../../shared/model/hardware_identifiers.ts'
import { type HardwareOverrides, normalise } from '../../../agent/inventory/normalise.ts'
import type { Inventory } from '../../../shared/model/inventory.ts'
import { gpuUuid } from '../../fixtures/nvidia/lines.ts'
import { desktop, gpuServer, virtualMachine } from './machines.ts'

function inventory(collected: unknown, overrides: HardwareOverrides = {}): Inventory {
  const normalised = normalise(collected, overrides)
  if (!normalised.ok) throw new Error(normalised.error)
  return normalised.value
}

test('a server of eight GPUs', (t) => {
  const found = inventory(gpuServer)
  t.deepEqual(found.hardware, {
    uuid: '4c4c4544-0042-3510-8054-b9c04f564432',
    serial: '1660224000123',
    boardSerial: 'MBD-7781',
    macs: ['a0:88:c2:00:00:01', 'a0:88:c2:00:00:02'],
  })
  t.is(found.manufacturer, 'NVIDIA')
  t.deepEqual(found.cpu, {
    model: 'Intel® Xeon® Platinum 8480C',
    architecture: 'x64',
    sockets: 2,
    coresPhysical: 112,
    threads: 224,
  })
  t.is(found.memoryBytes % 2 ** 26, 0)
  t.is(found.memoryModules.length, 32)
  t.deepEqual(
    found.nics.map((nic) => [nic.device, nic.speedMbps]),
    [
      ['ens1', 400_000],
      ['ens2', undefined],
      ['ibp24s0', 400_000],
    ],
  )
  t.deepEqual(
    found.disks.map((disk) => [disk.device, disk.type, disk.serial]),
    [
      ['nvme0n1', 'NVMe', 'S1'],
      ['nvme1n1', 'NVMe', 'S64HNT0W0002'],
      ['sda', 'HDD', 'ZC1'],
    ],
  )
  t.deepEqual(
    found.gpus.map((gpu) => gpu.uuid),
    [0, 1, 2, 3, 4, 5, 6, 7].map(gpuUuid),
  )
  t.is(found.gpus[0]?.memoryBytes, 143_771 * 1024 ** 2)
  t.deepEqual(found.os, { distro: 'Ubuntu 22.04.4 LTS', kernel: '5.15.0-1053-nvidia', hostname: 'dgx-01' })
})

test('a desktop whose maker filled in nothing has no identity but its MAC address', (t) => {
  const found = inventory(desktop)
  t.deepEqual(found.hardware, { macs: ['a8:a1:59:00:00:01'] })
  t.is(found.manufacturer, 'ASRock')
  t.is(found.product, 'B650M')
  t.deepEqual(
    found.memoryModules.map((module) => [module.slot, module.serial]),
    [['P0 CHANNEL B', '']],
  )
  t.is(found.disks[0]?.serial, '')
})

test('a virtual machine without SMBIOS', (t) => {
  const found = inventory(virtualMachine)
  t.deepEqual(found.hardware, { macs: [] })
  t.deepEqual(found.memoryModules, [])
  t.is(found.bios, '')
  t.deepEqual(found.disks, [
    { device: 'vda', model: '', serial: '', sizeBytes: 274_877_906_944, type: '', firmware: '' },
  ])
})

test('an identity may be stated instead, and is checked', (t) => {
  const stated = { hardwareUuid: '11111111-2222-4333-8444-555555555555', hardwareSerial: 'AGENT-2' }
  const found = inventory(virtualMachine, stated)
  t.is(found.hardware.uuid, stated.hardwareUuid)
  t.is(found.hardware.serial, stated.hardwareSerial)
  const wrong = normalise(virtualMachine, { hardwareUuid: 'mine' })
  t.regex(wrong.ok ? '' : wrong.error, /^hardwareUuid: expected .* "mine"$/)
  const placeholder = normalise(virtualMachine, { hardwareSerial: 'None' })
  t.regex(placeholder.ok ? '' : placeholder.error, /^hardwareSerial: /)
})

test('placeholders identify nothing', (t) => {
  for (const word of [
    'None',
    'To be filled by O.E.M.',
    'Not Specified',
    'N/A',
    '0',
    '00000000',
    'xxxxxxx',
    '-',
    ' '.trim(),
  ]) {
    t.is(serial(word), undefined, word)
  }
  for (const uuid of [
    '00000000-0000-0000-0000-000000000000',
    'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
    'Not Settable',
    '',
  ]) {
    t.is(hardwareUuid(uuid), undefined, uuid)
  }
  t.is(hardwareUuid('4C4C4544-0042-3510-8054-B9C04F564432'), '4c4c4544-0042-3510-8054-b9c04f564432')
  t.is(linkAddress('00:00:00:00:00:00'), '')
  t.is(linkAddress('ff:ff:ff:ff:ff:ff'), '')
  t.is(linkAddress('A0-88-C2-00-00-01'), 'a0:88:c2:00:00:01')
})

test('texts are trimmed, printable and bounded', (t) => {
  const collected = { ...virtualMachine, system: { model: `  R\u0000750\n\n${'x'.repeat(500)}` } }
  const { product } = inventory(collected)
  t.true(product.startsWith('R 750 x'))
  t.is(product.length, 128)
})

test('whatever the collectors answer, the rest stands', (t) => {
  const names = Object.keys(gpuServer).filter((name) => name !== 'architecture')
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.anything(), (name, junk) => {
      const found = normalise({ ...gpuServer, [name]: junk })
      return found.ok && (name === 'gpus' || found.value.gpus.length === 8)
    }),
  )
  t.true(normalise({ architecture: 'arm64' }).ok)
  const foreign = normalise({ ...gpuServer, architecture: 'mips' })
  t.regex(foreign.ok ? '' : foreign.error, /architecture: expected x64 or arm64/)
})

test('the digest is the same in any order, and without what changes by itself', (t) => {
  const digest = inventoryDigest(inventory(gpuServer))
  t.regex(digest, /^[0-9a-f]{64}$/)
  const collected = gpuServer
  const reversed = Object.fromEntries(
    Object.entries(collected)
      .toReversed()
      .map(([name, value]) => [name, Array.isArray(value) ? value.toReversed() : value]),
  )
  t.is(inventoryDigest(inventory(reversed)), digest)
  const slower = {
    ...inventory(gpuServer),
    nics: inventory(gpuServer).nics.map((nic) => ({ ...nic, speedMbps: 10 })),
  }
  t.is(inventoryDigest(slower), digest)
  t.is(inventoryDigest(inventory({ ...collected, memoryBytes: 2_113_401_196_544 + 8192 })), digest)
})

test('the digest differs when a part does', (t) => {
  const found = inventory(gpuServer)
  const digest = inventoryDigest(found)
  t.not(inventoryDigest({ ...found, gpus: found.gpus.slice(1) }), digest)
  t.not(inventoryDigest({ ...found, os: { ...found.os, kernel: '6' } }), digest)
  t.not(inventoryDigest({ ...found, hardware: { macs: found.hardware.macs } }), digest)
})
