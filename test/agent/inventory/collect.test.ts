import test from 'ava'
import { type Questions, openCollector } from '../../../agent/inventory/collect.ts'
import { inventoryDigest } from '../../../agent/inventory/digest.ts'
import { networkDevices } from '../../../agent/inventory/network.ts'
import { milliseconds } from '../../../shared/model/time.ts'
import { nvidiaLog } from '../../fixtures/nvidia/lines.ts'
import { type Tree, tree } from '../../fixtures/proc/tree.ts'
import { gpuServer } from './machines.ts'

const never = new AbortController().signal

const answers: Questions = {
  system: async () => gpuServer.system,
  baseboard: async () => gpuServer.baseboard,
  bios: async () => gpuServer.bios,
  cpu: async () => gpuServer.cpu,
  memoryModules: async () => gpuServer.memoryModules,
  disks: async () => gpuServer.disks,
  interfaces: async () => gpuServer.interfaces,
  os: async () => gpuServer.os,
  uuid: async () => gpuServer.uuid,
}

function withDriver(machine: Tree): Tree {
  machine.write('proc/driver/nvidia/version', 'NVRM\n')
  machine.write('proc/driver/nvidia/gpus/0000:18:00.0/information', 'Model: NVIDIA H200\n')
  return machine
}

test('facts of all sources come together', async (t) => {
  const { proc, sys } = withDriver(tree(t))
  const queryNvidia = (callback: (failure: unknown, data?: unknown) => void): void => callback(null, nvidiaLog(8))
  const collected = await openCollector({ proc, sys, questions: answers, queryNvidia }).collect(never)
  t.true(collected.ok)
  if (!collected.ok) return
  t.deepEqual(collected.value.problems, [])
  t.is(collected.value.inventory.gpus.length, 8)
  t.is(collected.value.inventory.product, 'DGXH200')
  t.true(Math.abs(collected.value.inventory.memoryBytes - 1_056_481_080 * 1024) < 2 ** 26)
})

test('a question that fails or hangs costs its own facts alone', async (t) => {
  const { proc, sys } = tree(t)
  const { promise: hangs } = Promise.withResolvers<unknown>()
  const questions: Questions = {
    ...answers,
    bios: async () => hangs,
    disks: async () => Promise.reject(new Error('lsblk is missing')),
  }
  const collected = await openCollector({ proc, sys, questions, timeout: milliseconds(20) }).collect(never)
  t.true(collected.ok)
  if (!collected.ok) return
  t.deepEqual(collected.value.problems, ['bios gave no answer within 0.02 s', 'disks: lsblk is missing'])
  t.is(collected.value.inventory.bios, '')
  t.is(collected.value.inventory.memoryModules.length, 32)
})

test('an aborted collection asks nothing more', async (t) => {
  const { proc, sys } = tree(t)
  const stop = new AbortController()
  let asked = 0
  const questions: Questions = {
    ...answers,
    system: async () => {
      asked += 1
      stop.abort()
      return {}
    },
    baseboard: async () => {
      asked += 1
    },
  }
  await t.throwsAsync(openCollector({ proc, sys, questions }).collect(stop.signal), { name: 'AbortError' })
  t.is(asked, 1)
})

test('the change key changes with devices and memory, and with nothing else', (t) => {
  const machine = tree(t)
  const { proc, sys } = machine
  const collector = openCollector({ proc, sys })
  const first = collector.changeKey()
  machine.write('proc/loadavg', '9.99 9.99 9.99 1/2 3\n')
  machine.write('sys/class/net/veth12/address', '02:00:00:00:00:09\n')
  machine.write('sys/block/loop9/size', '8\n')
  t.is(collector.changeKey(), first)

  const seen = new Set([first])
  const steps: readonly (() => void)[] = [
    () => machine.write('sys/class/net/ens2/device/vendor', '0x15b3\n'),
    () => machine.write('sys/block/nvme1n1/device/model', 'disk\n'),
    () => machine.write('proc/meminfo', 'MemTotal: 1000000 kB\n'),
    () => withDriver(machine),
    () => machine.write('proc/driver/nvidia/gpus/0000:19:00.0/information', 'Model\n'),
    () => machine.remove('proc/driver/nvidia/gpus/0000:18:00.0'),
  ]
  for (const step of steps) {
    step()
    seen.add(collector.changeKey())
  }
  t.is(seen.size, steps.length + 1)
})

test('a member of a bond is known by the address that it was made with', (t) => {
  const machine = tree(t, {})
  for (const [device, own] of [
    ['ens1', '01'],
    ['ens2', '02'],
  ] as const) {
    machine.write(`sys/class/net/${device}/device/vendor`, 'x\n')
    machine.write(`sys/class/net/${device}/address`, 'a0:00:00:00:00:01\n')
    machine.write(`sys/class/net/${device}/speed`, device === 'ens1' ? '25000\n' : '-1\n')
    machine.write(`sys/class/net/${device}/bonding_slave/perm_hwaddr`, `a0:00:00:00:00:${own}\n`)
  }
  t.deepEqual(networkDevices(machine.sys, {}), [
    { device: 'ens1', mac: 'a0:00:00:00:00:01', speedMbps: 25_000, kind: 'ethernet', addresses: [] },
    { device: 'ens2', mac: 'a0:00:00:00:00:02', kind: 'ethernet', addresses: [] },
  ])
})

test('this very machine has an inventory, and the same again', async (t) => {
  const collector = openCollector()
  const once = await collector.collect(never)
  const again = await collector.collect(never)
  t.true(once.ok && again.ok)
  if (!once.ok || !again.ok) return
  t.true(once.value.inventory.cpu.threads >= 1)
  t.true(once.value.inventory.memoryBytes > 0)
  t.is(inventoryDigest(once.value.inventory), inventoryDigest(again.value.inventory))
})
