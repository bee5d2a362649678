import { type Result, ok } from '../../shared/model/result.ts'
import type { CoordinatorOptions } from '../options.ts'
import { Backlog } from '../telemetry/remote_write/backlog.ts'
import { RemoteWriteSender } from '../telemetry/remote_write/sender.ts'
import { targetOf } from '../telemetry/remote_write/target.ts'
import { type MetricsParts, listOf } from './metrics.ts'

/** Nothing, unless the options say where samples are sent. */
export function remoteWriteOf(
  options: CoordinatorOptions,
  { loop, rings, clock, log }: Omit<MetricsParts, 'hub' | 'remoteWrite'>,
): Result<RemoteWriteSender | undefined, string> {
  if (options.remoteWriteUrl === '') return ok(undefined)
  const target = targetOf({
    url: options.remoteWriteUrl,
    caFile: options.remoteWriteCaFile,
    certificateFile: options.remoteWriteCertificateFile,
    keyFile: options.remoteWriteKeyFile,
    authorizationFile: options.remoteWriteAuthorizationFile,
  })
  if (!target.ok) return target
  const backlog = new Backlog({
    rings,
    machine: (id) => {
      const record = loop.read((view) => view.find('machines', id))
      return record === undefined ? undefined : { ...record, holder: null }
    },
    names: listOf(options.remoteWriteNames),
    levels: listOf(options.topologyLevels),
  })
  const everyMs = options.remoteWriteInterval
  return ok(new RemoteWriteSender({ target: target.value, backlog, everyMs, clock, log, draw: Math.random }))
}
