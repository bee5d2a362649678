import { type BilletError, invalidField } from '../../shared/model/errors.ts'
import { parseWorkloadId, revision } from '../../shared/model/ids.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { hasEnded } from '../../shared/model/workload.ts'
import { count, decode, list, resource } from '../../shared/wire/check.ts'
import { outputStreams } from '../../shared/wire/enums.ts'
import type { ReadLogsRequest__Output } from '../../shared/wire/gen/types/billet/v1/ReadLogsRequest.ts'
import type { ReadLogsResponse } from '../../shared/wire/gen/types/billet/v1/ReadLogsResponse.ts'
import type { PlacementRecord } from '../core/records.ts'
import type { Fleet } from '../ports.ts'
import { found } from './found.ts'
import { merge } from './merge.ts'
import type { LogOptions, LogSource } from './ports.ts'

/** Output of a workload's ranks, merged as it comes. */
export async function* readLogs(
  fleet: Fleet,
  logs: LogSource,
  request: ReadLogsRequest__Output,
  signal: AbortSignal,
): AsyncGenerator<Result<ReadLogsResponse, BilletError>, void, undefined> {
  const asked = decode(() => ({
    id: resource('name', 'workloads', request.name, parseWorkloadId),
    ranks: list('ranks', request.ranks, 4096).map((rank, index) => count(`ranks[${index}]`, rank, 0, 4095)),
    tailBytes: count('tail_bytes', request.tail_bytes),
  }))
  if (!asked.ok) return yield asked
  const { id, ranks, tailBytes } = asked.value
  const known = found(
    fleet.read((view) => view.table('workloads').get(id)),
    'workload_not_found',
    request.name,
  )
  if (!known.ok) return yield known
  if (request.follow) await untilPlaced(fleet, id, signal)
  const placements = fleet.read((view) =>
    (view.table('workloads').get(id)?.record.placements ?? []).flatMap(
      (key) => view.table('placements').get(key)?.record ?? [],
    ),
  )
  const wanted = ranks.length === 0 ? placements : placements.filter(({ rank }) => ranks.includes(rank))
  if (ranks.some((rank) => rank >= Math.max(placements.length, 1))) {
    return yield refuse(invalidField('ranks', `expected ranks below ${placements.length}`))
  }
  const options = { follow: request.follow, tailBytes, signal }
  yield* merge(wanted.map((placement) => rankLog(logs, placement, options)))
}

async function* rankLog(logs: LogSource, placement: PlacementRecord, options: LogOptions) {
  for await (const piece of logs.open(placement.id, options)) {
    if (!piece.ok) {
      yield piece
      continue
    }
    const { stream, data, offset, skippedBytes } = piece.value
    const rank = placement.rank
    const where = { rank, placement: `placements/${placement.id}`, stream: outputStreams[stream] }
    yield ok({ ...where, data, offset, skipped_bytes: skippedBytes })
  }
}

/** A queued workload has no output yet: waits until it is placed, or over. */
async function untilPlaced(fleet: Fleet, id: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const { at, record } = fleet.read((view) => ({
      at: view.revision,
      record: view.table('workloads').get(id)?.record,
    }))
    if (record === undefined || record.placements.length > 0 || hasEnded(record.state)) return
    await fleet.feed.after(revision(at), 1, signal)
  }
}
