import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import process from 'node:process'
import test, { type ExecutionContext } from 'ava'
import * as fc from 'fast-check'
import { NvidiaQuery, readNvidiaCsv, readNvidiaLog } from '../../../agent/inventory/nvidia.ts'
import { milliseconds, seconds } from '../../../shared/model/time.ts'
import { gpuUuid, nvidiaLog, nvidiaXml } from '../../fixtures/nvidia/lines.ts'
import { tree } from '../../fixtures/proc/tree.ts'

const never = new AbortController().signal

test('one device, several and none', (t) => {
  for (const count of [0, 1, 8]) {
    const read = readNvidiaLog(nvidiaLog(count))
    t.deepEqual(
      read.ok ? read.value.map((gpu) => gpu.uuid) : read,
      Array.from({ length: count }, (_, n) => gpuUuid(n)),
    )
  }
  const read = readNvidiaLog(nvidiaLog(1))
  t.deepEqual(read.ok ? read.value[0] : read, {
    index: 0,
    uuid: gpuUuid(0),
    model: 'NVIDIA H200',
    memoryMebibytes: 143_771,
    serial: '1653123000000',
    driver: '570.133.20',
  })
})

test('what is no such log is refused, and never thrown at', (t) => {
  fc.assert(fc.property(fc.anything(), (data) => !readNvidiaLog(data).ok))
  fc.assert(fc.property(fc.anything(), (gpu) => typeof readNvidiaLog({ nvidia_smi_log: { gpu } }).ok === 'boolean'))
  fc.assert(fc.property(fc.string(), (output) => readNvidiaCsv(output).length === 0))
  t.pass()
})

test('a question that is not answered is not asked again', async (t) => {
  let asked = 0
  const query = new NvidiaQuery(milliseconds(5), () => {
    asked += 1
  })
  t.regex((await query.gpus(never)).problem ?? '', /no answer within/)
  t.regex((await query.gpus(never)).problem ?? '', /has not answered an earlier question/)
  t.is(asked, 1)
})

/** A stand-in for nvidia-smi, found where the package looks for it. */
function standIn(t: ExecutionContext, script: string): string {
  const made = tree(t, {})
  made.write('nvidia-smi', `#!/bin/sh\n${script}`)
  chmodSync(`${made.root}/nvidia-smi`, 0o755)
  const before = process.env.PATH
  process.env.PATH = `${made.root}:${before}`
  t.teardown(() => {
    process.env.PATH = before
  })
  return `${made.root}/nvidia-smi`
}

const xmlOnQuery = `cat <<'END'\n${nvidiaXml}END\n`
const csvLine = `0, ${gpuUuid(0)}, NVIDIA H200, 143771, [N/A], 570.133.20`

test.serial('the package reads the tool’s XML', async (t) => {
  const command = standIn(t, xmlOnQuery)
  const { gpus, problem } = await new NvidiaQuery(seconds(20), undefined, command).gpus(never)
  t.is(problem, null)
  t.deepEqual(
    gpus.map((gpu) => [gpu.uuid, gpu.memoryMebibytes]),
    [[gpuUuid(0), 143_771]],
  )
})

test.serial(
  'a word on stderr, more than a megabyte, or a lost device: the short question is asked instead',
  async (t) => {
    const cases = [
      `if [ "$1" = -q ]; then ${xmlOnQuery}echo "WARNING: infoROM is corrupted" >&2; else echo '${csvLine}'; fi`,
      `if [ "$1" = -q ]; then head -c 2000000 /dev/zero | tr '\\0' x; else echo '${csvLine}'; fi`,
      `if [ "$1" = -q ]; then echo lost; exit 15; else echo '${csvLine}'; echo 'GPU is lost'; exit 15; fi`,
    ]
    for (const script of cases) {
      const command = standIn(t, script)
      const report = await new NvidiaQuery(seconds(20), undefined, command).gpus(never)
      t.is(report.problem, null, script.slice(0, 80))
      t.deepEqual(
        report.gpus.map((gpu) => [gpu.uuid, gpu.serial]),
        [[gpuUuid(0), '']],
      )
    }
  },
)

test.serial('a tool that fails altogether is a problem in words', async (t) => {
  const command = standIn(t, 'echo "NVIDIA-SMI has failed"; exit 9')
  const { gpus, problem } = await new NvidiaQuery(seconds(20), undefined, command).gpus(never)
  t.deepEqual(gpus, [])
  t.regex(problem ?? '', /^nvidia-smi: /)
})

test.serial('a short question that hangs is killed', async (t) => {
  const pidFile = `${tmpdir()}/billet-nvidia-${process.pid}`
  const command = standIn(t, `if [ "$1" = -q ]; then exit 9; fi\necho $$ > ${pidFile}\nexec sleep 60`)
  const { gpus } = await new NvidiaQuery(milliseconds(300), undefined, command).gpus(never)
  t.deepEqual(gpus, [])
  if (existsSync(pidFile)) t.false(existsSync(`/proc/${readFileSync(pidFile, 'utf8').trim()}/cmdline`))
  t.pass()
})
