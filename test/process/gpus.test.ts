import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { promisify } from 'node:util'
import test from 'ava'
import { hasProgram, onlyWhere } from '../conditional.ts'
import { standIn } from '../fixtures/nvml/standin.ts'

const run = promisify(execFile)
const withGcc = onlyWhere(test, hasProgram('gcc'), 'gcc')
const AGENT = join(import.meta.dirname, '../../dist/billet-agent')

withGcc('the executable calls a driver’s library with what it carries in itself', async (t) => {
  const { library } = standIn(t, ['devices 2', 'process 1 4242 1073741824'])
  const { stdout } = await run(AGENT, ['gpus', '--library', library])
  t.regex(stdout, /^NVML 12\.570\.133\.20: 2 GPUs\n/)
  t.regex(stdout, /DCGM_FI_DEV_POWER_USAGE +512\.37 watts/)
  t.regex(stdout, /DCGM_FI_DEV_PCIE_TX_THROUGHPUT +1000 kilobytes per second/)
  t.regex(stdout, /process 4242: 1073741824 bytes/)
})

test('where there is no driver, it says so', async (t) => {
  const failed: unknown = await run(AGENT, ['gpus', '--library', '/nonexistent']).catch((error: unknown) => error)
  t.like(failed, { code: 1 })
  t.regex(failed instanceof Error ? failed.message : '', /libnvidia-ml\.so\.1 cannot be loaded/)
})

withGcc('its reader ends with its input, and leaves no device open', async (t) => {
  const devices = standIn(t, ['devices 1', 'log'])
  const reader = spawn(AGENT, ['gpu-reader', devices.library], { stdio: ['pipe', 'pipe', 'inherit'] })
  let text = ''
  reader.stdout.on('data', (data: Buffer) => {
    text += data.toString()
    if (text.includes('"kind":"values"')) reader.stdin.end()
  })
  await once(reader, 'exit')
  t.is(reader.exitCode, 0)
  t.is(devices.calls().at(-1), 'nvmlShutdown')
})
