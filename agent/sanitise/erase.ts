import { Buffer } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { assertNever, ok, refuse, type Result } from '../../shared/model/result.ts'
import type { Erasure } from '../../shared/model/run.ts'
import { milliseconds, seconds } from '../../shared/model/time.ts'
import { ATA_PASSWORD, ataAbilities } from './ata.ts'
import { blockDevice } from './block_device.ts'
import {
  type DevicePlan,
  type EraseFacts,
  type EraseMethod,
  SAMPLE_BYTES,
  categoryOf,
  readsAsZeroes,
  samplePlaces,
} from './erase_plan.ts'
import { PROGRAM_PATH, runProgram } from './program.ts'

const SAMPLES = 512
const ASK_LIMIT = seconds(20)

/** Looks at a block device, as the kernel and its own controller describe it. */
export async function eraseFacts(path: string): Promise<Result<EraseFacts, string>> {
  const device = blockDevice(path)
  if (device === null) return refuse(existsSync(path) ? `${path} is no block device` : `there is no device ${path}`)
  const { name, serial, sizeBytes, rotational, discardBytesMax, heldBy, readOnly } = device
  const nvme = name.startsWith('nvme') ? await nvmeAbilities(path) : null
  const ata = name.startsWith('sd') ? await askAta(path) : null
  return ok({ path, serial, sizeBytes, rotational, discardBytesMax, nvme, ata, heldBy, readOnly })
}

/** Null where hdparm is not there, or the device speaks no ATA. */
async function askAta(path: string): Promise<EraseFacts['ata']> {
  const asked = await runProgram({ argv: ['hdparm', '-I', path], limit: ASK_LIMIT })
  return asked.ok ? ataAbilities(asked.value) : null
}

/** SANICAP and FNA of the controller; null where nvme-cli is not there, or cannot tell. */
async function nvmeAbilities(path: string): Promise<EraseFacts['nvme']> {
  const asked = await runProgram({ argv: ['nvme', 'id-ctrl', path, '--output-format=json'], limit: ASK_LIMIT })
  if (!asked.ok) return null
  const told: unknown = parseJson(asked.value)
  const sanicap = numberIn(told, 'sanicap')
  const fna = numberIn(told, 'fna')
  return {
    sanitizeCrypto: (sanicap & 0b1) !== 0,
    sanitizeBlock: (sanicap & 0b10) !== 0,
    formatCrypto: (fna & 0b100) !== 0,
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function numberIn(value: unknown, name: string): number {
  if (typeof value !== 'object' || value === null) return 0
  const found: unknown = Object.entries(value).find(([key]) => key === name)?.[1]
  return typeof found === 'number' && Number.isSafeInteger(found) ? found : 0
}

function eraseCommand(method: EraseMethod, path: string): readonly string[] {
  switch (method) {
    case 'nvme_sanitize_crypto':
      return ['sh', '-c', NVME_SANITIZE, 'sanitize', path, '4']
    case 'nvme_sanitize_block':
      return ['sh', '-c', NVME_SANITIZE, 'sanitize', path, '2']
    case 'nvme_format_crypto':
      return ['nvme', 'format', path, '--ses=2', '--force']
    case 'ata_sanitize_crypto':
      return ['sh', '-c', ATA_SANITIZE, 'sanitize', path, '--sanitize-crypto-scramble']
    case 'ata_sanitize_block':
      return ['sh', '-c', ATA_SANITIZE, 'sanitize', path, '--sanitize-block-erase']
    case 'ata_sanitize_overwrite':
      return [
        'sh',
        '-c',
        ATA_SANITIZE,
        'sanitize',
        path,
        '--sanitize-overwrite-passes',
        '1',
        '--sanitize-overwrite',
        'hex:00000000',
      ]
    case 'ata_security_enhanced':
      return ['sh', '-c', ATA_SECURITY, 'security', path, '--security-erase-enhanced']
    case 'ata_security':
      return ['sh', '-c', ATA_SECURITY, 'security', path, '--security-erase']
    case 'discard':
      return ['blkdiscard', '--force', path]
    case 'write_zeroes':
      return ['blkdiscard', '--force', '--zeroout', path]
    default:
      return assertNever(method)
  }
}

/** A sanitize goes on by itself after the command has returned: it is over when its log says so. */
const NVME_SANITIZE = `nvme sanitize "$1" --sanact="$2" || exit 1
while :; do
  state=$(nvme sanitize-log "$1" --output-format=json) || exit 1
  case $state in
  *'"sstat":257'* | *'"sstat":1'[!0-9]* | *'"sstat":4'[!0-9]* | *'"sstat":260'*) exit 0 ;;
  *'"sstat":2'[!0-9]* | *'"sstat":258'*) sleep 1 ;;
  *) echo "the sanitize failed: $state" >&2; exit 1 ;;
  esac
done`

const ATA_SANITIZE = `device=$1
shift
hdparm --yes-i-know-what-i-am-doing "$@" "$device" || exit 1
while :; do
  state=$(hdparm --sanitize-status "$device") || exit 1
  case $state in
  *'In Process'*) sleep 1 ;;
  *'Completed Without Error'*) exit 0 ;;
  *) echo "the sanitize failed: $state" >&2; exit 1 ;;
  esac
done`

/** The erase itself takes the password away; where it fails, a drive with one would be locked at its next power-on. */
const ATA_SECURITY = `hdparm --user-master u --security-set-pass ${ATA_PASSWORD} "$1" || exit 1
hdparm --user-master u "$2" ${ATA_PASSWORD} "$1" && exit 0
hdparm --user-master u --security-disable ${ATA_PASSWORD} "$1"
exit 1`

type Marks = { readonly places: readonly number[]; readonly mark: Buffer }

/** Writes a mark of this erasing alone to every place: what still shows it afterwards was not erased. */
async function markPlaces(path: string, { places, mark }: Marks): Promise<void> {
  await using device = await open(path, 'r+')
  for (const place of places) await device.write(mark, 0, mark.length, place)
  await device.sync()
}

/** Counts the places that do not read as erased. */
async function readBack(path: string, { places, mark }: Marks, zeroes: boolean): Promise<number> {
  // The kernel's cache would show what was written, not what the device holds.
  const flushed = await runProgram({ argv: ['blockdev', '--flushbufs', path], limit: ASK_LIMIT })
  if (!flushed.ok) throw new Error(flushed.error)
  await using device = await open(path, 'r')
  const block = Buffer.alloc(SAMPLE_BYTES)
  const clean = Buffer.alloc(SAMPLE_BYTES)
  let wrong = 0
  for (const place of places) {
    const { bytesRead } = await device.read(block, 0, SAMPLE_BYTES, place)
    if (bytesRead !== SAMPLE_BYTES || block.equals(mark) || (zeroes && !block.equals(clean))) wrong += 1
  }
  return wrong
}

export type Erased = { readonly erased: Erasure; readonly detail: string }

/** Erases a device by the first of its methods that is proved by reading back; the refusal says what each came to. */
export async function eraseDevice(
  plan: DevicePlan,
  random: () => number,
  /** Where programs are looked for before the usual places. */
  programs = '',
): Promise<Result<Erased, string>> {
  if (plan.refusal !== null) return refuse(plan.refusal)
  const { path, serial, sizeBytes } = plan.device
  const places = samplePlaces(sizeBytes, SAMPLES, random)
  const failures: string[] = []
  for (const method of plan.methods) {
    const marks = { places, mark: randomBytes(SAMPLE_BYTES) }
    await markPlaces(path, marks)
    const done = await runProgram({
      argv: eraseCommand(method, path),
      limit: milliseconds(plan.secondsMost * 2 * 1000),
      ...(programs === '' ? {} : { environment: { PATH: `${programs}:${PROGRAM_PATH}` } }),
    })
    if (!done.ok) {
      failures.push(`${method}: ${done.error}`)
      continue
    }
    const wrong = await readBack(path, marks, readsAsZeroes(method))
    if (wrong > 0) {
      failures.push(`${method}: ${wrong} of ${places.length} places read back were not erased`)
      continue
    }
    const name = serial === '' ? path : `${path} (serial ${serial})`
    const tried = failures.length === 0 ? '' : `; before that ${failures.join('; ')}`
    const proof = `${places.length} places of ${SAMPLE_BYTES} bytes read back`
    const category = categoryOf(method)
    const erased = { device: path, serial, bytes: sizeBytes, method, category, samples: places.length }
    return ok({ erased, detail: `${name}: ${method}, NIST SP 800-88 ${category}, ${proof}${tried}` })
  }
  return refuse(failures.join('; '))
}
