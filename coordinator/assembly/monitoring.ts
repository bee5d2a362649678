import { type Result, ok } from '../../shared/model/result.ts'
import type { FleetAuthority } from '../identity/authority.ts'
import type { CoordinatorOptions } from '../options.ts'
import type { RemoteWriteSender } from '../telemetry/remote_write/sender.ts'
import { Metrics, type MetricsParts } from './metrics.ts'
import { remoteWriteOf } from './remote_write.ts'

export type Monitoring = { readonly metrics: Metrics; readonly remoteWrite: RemoteWriteSender | undefined }

/** What others monitor the fleet by: scrapes, and samples that are sent. */
export async function openMonitoring(
  options: CoordinatorOptions,
  parts: Omit<MetricsParts, 'remoteWrite'>,
  authority: FleetAuthority,
): Promise<Result<Monitoring, string>> {
  const remoteWrite = remoteWriteOf(options, parts)
  if (!remoteWrite.ok) return remoteWrite
  const metrics = await Metrics.open(options, { ...parts, remoteWrite: remoteWrite.value }, authority)
  if (metrics.ok) return ok({ metrics: metrics.value, remoteWrite: remoteWrite.value })
  await remoteWrite.value?.close()
  return metrics
}
