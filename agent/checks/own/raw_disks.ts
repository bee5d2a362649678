import { constants, readFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { disksIn } from '../../inventory/block.ts'
import { alignedPart } from './aligned.ts'
import { ROUND_MS, type Said } from './names.ts'
import { wordsOf } from './words.ts'

const CHECK = 'raw-disk-read'
const BLOCK_BYTES = 1024 * 1024
const DISKS_MAX = 32
/** Where it is read, as parts of the whole: a disk that turns is faster outside than inside. */
const PLACES = [0, 0.5, 0.99] as const
const SECTOR_BYTES = 512

/** Bytes a second read from each disk itself, all at once, past every cache. Nothing is written. */
export async function rawDisks(sys = '/sys', dev = '/dev'): Promise<readonly Said[]> {
  const disks = disksIn(sys).filter((disk) => wordIn(`${sys}/block/${disk}/removable`) !== '1')
  if (disks.length === 0) return [{ check: CHECK, skipped: 'there is no disk' }]
  return Promise.all(disks.slice(0, DISKS_MAX).map((disk) => ofDisk(sys, dev, disk)))
}

async function ofDisk(sys: string, dev: string, device: string): Promise<Said> {
  // Disks of one model are compared with each other, on all machines of a class.
  const model = wordIn(`${sys}/block/${device}/device/model`)
  const about = { check: slug(model) || CHECK, device }
  const bytes = Number(wordIn(`${sys}/block/${device}/size`)) * SECTOR_BYTES
  if (!(bytes >= BLOCK_BYTES * 4)) return { ...about, skipped: 'it has no medium, or a very small one' }
  let file: FileHandle
  try {
    file = await open(`${dev}/${device}`, constants.O_RDONLY | constants.O_DIRECT)
  } catch (error) {
    return { ...about, skipped: `it cannot be opened: ${wordsOf(error)}` }
  }
  try {
    const block = alignedPart(new Uint8Array(BLOCK_BYTES + 4096), BLOCK_BYTES, file.fd)
    if (block === null) return { ...about, skipped: 'it reads through memory alone' }
    return { ...about, value: await rate(file, block, bytes), unit: 'B/s' }
  } catch (error) {
    return { ...about, failure: wordsOf(error) }
  } finally {
    await file.close()
  }
}

async function rate(file: FileHandle, block: Uint8Array, size: number): Promise<number> {
  let bytes = 0
  let ms = 0
  for (const place of PLACES) {
    const first = Math.floor(((size - BLOCK_BYTES) * place) / BLOCK_BYTES) * BLOCK_BYTES
    const begun = performance.now()
    for (let at = first; at + BLOCK_BYTES <= size && performance.now() - begun < ROUND_MS; at += BLOCK_BYTES) {
      bytes += (await file.read(block, 0, BLOCK_BYTES, at)).bytesRead
    }
    ms += performance.now() - begun
  }
  return (bytes * 1000) / ms
}

function wordIn(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}

const slug = (text: string): string =>
  text
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|-+$/g, '')
    .slice(0, 64)
