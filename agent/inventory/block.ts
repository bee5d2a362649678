import { existsSync } from 'node:fs'
import { firstLine, namesIn } from './sysfs.ts'

export type BlockDevice = {
  readonly device: string
  readonly sizeBytes: number
  readonly model: string
  readonly serial: string
  readonly rotational: boolean
}

const SECTOR_BYTES = 512
/** Drives whose medium comes and goes, and paths of a disk that has a name of its own. */
const PASSING = /^(?:sr|fd|nbd)\d+$|^nvme\d+c\d+n\d+$/

/** Names of disks with hardware, or a hypervisor, behind them. */
export const disksIn = (sys: string): readonly string[] =>
  namesIn(`${sys}/block`).filter((device) => !PASSING.test(device) && existsSync(`${sys}/block/${device}/device`))

export function blockDevices(sys: string): readonly BlockDevice[] {
  return disksIn(sys).map((device) => {
    const directory = `${sys}/block/${device}`
    const sectors = Number(firstLine(`${directory}/size`))
    return {
      device,
      sizeBytes: Number.isSafeInteger(sectors) && sectors > 0 ? sectors * SECTOR_BYTES : 0,
      model: firstLine(`${directory}/device/model`),
      serial: firstLine(`${directory}/device/serial`) || firstLine(`${directory}/serial`),
      rotational: firstLine(`${directory}/queue/rotational`) === '1',
    }
  })
}
