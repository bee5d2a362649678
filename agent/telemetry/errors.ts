import { type Clock, minutes, seconds } from '../../shared/model/time.ts'
import { isDisk } from './devices.ts'
import { type FoundFile, FoundFiles } from './found_files.ts'
import type { ReadBuffer } from './kept_file.ts'
import { type Source, metric } from './source.ts'
import { existing, fileOf, namesIn, numberFile, wordIn } from './sys_tree.ts'

/** Errors of memory that the hardware mended, or could not, by controller. */
export function memoryErrorSource(sys: string, buffer: ReadBuffer, clock: Clock): Source {
  const folder = `${sys}/devices/system/edac/mc`
  const find = (): readonly FoundFile[] =>
    namesIn(folder, /^mc\d{1,4}$/).flatMap((name) => {
      const controller = name.slice('mc'.length)
      const count = (file: string, kind: string): FoundFile =>
        numberFile(`${folder}/${name}/${file}`, metric('counter', `node_edac_${kind}_errors_total`, '', { controller }))
      return existing([count('ce_count', 'correctable'), count('ue_count', 'uncorrectable')])
    })
  return new FoundFiles({ name: 'memory-errors', clock, every: seconds(10), searchEvery: minutes(5), find }, buffer)
}

/** The same by module, so that the right one is replaced. */
export function moduleErrorSource(sys: string, buffer: ReadBuffer, clock: Clock): Source {
  const folder = `${sys}/devices/system/edac/mc`
  const find = (): readonly FoundFile[] =>
    namesIn(folder, /^mc\d{1,4}$/).flatMap((name) =>
      namesIn(`${folder}/${name}`, /^(?:dimm|rank)\d{1,4}$/).flatMap((module) => {
        const at = `${folder}/${name}/${module}`
        const labels = { controller: name.slice('mc'.length), dimm: module, label: wordIn(`${at}/dimm_label`) }
        return existing([
          numberFile(`${at}/dimm_ce_count`, metric('counter', 'billet_edac_dimm_correctable_errors_total', '', labels)),
          numberFile(
            `${at}/dimm_ue_count`,
            metric('counter', 'billet_edac_dimm_uncorrectable_errors_total', '', labels),
          ),
        ])
      }),
    )
  return new FoundFiles({ name: 'module-errors', clock, every: minutes(1), searchEvery: minutes(5), find }, buffer)
}

/** What a SCSI disk, and so one behind SATA or SAS, refused or left unanswered; and whether an NVMe one is live. */
export function diskErrorSource(sys: string, buffer: ReadBuffer, clock: Clock): Source {
  const find = (): readonly FoundFile[] => [...scsiDisks(`${sys}/block`), ...nvmeControllers(`${sys}/class/nvme`)]
  return new FoundFiles({ name: 'disk-errors', clock, every: minutes(1), searchEvery: minutes(1), find }, buffer)
}

function scsiDisks(folder: string): readonly FoundFile[] {
  return namesIn(folder, /^sd[a-z]+$/)
    .filter(isDisk)
    .flatMap((device) => {
      const count = (file: string, name: string): FoundFile =>
        fileOf(`${folder}/${device}/device/${file}`, metric('counter', name, '', { device }), hexadecimal)
      return existing([
        count('ioerr_cnt', 'billet_scsi_errors_total'),
        count('iotmo_cnt', 'billet_scsi_timeouts_total'),
      ])
    })
}

const hexadecimal = (word: string): number => (/^0x[0-9a-f]{1,13}$/.test(word) ? Number.parseInt(word, 16) : Number.NaN)

function nvmeControllers(folder: string): readonly FoundFile[] {
  return namesIn(folder, /^nvme\d{1,4}$/).flatMap((device) => {
    const labels = {
      device,
      model: wordIn(`${folder}/${device}/model`),
      serial: wordIn(`${folder}/${device}/serial`),
      firmware_revision: wordIn(`${folder}/${device}/firmware_rev`),
    }
    const live = metric('gauge', 'billet_nvme_live', '', labels)
    return existing([
      fileOf(`${folder}/${device}/state`, live, (word) => (word === '' ? Number.NaN : Number(word === 'live'))),
    ])
  })
}
