import type { Logger } from '../../shared/log.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import type { Clock } from '../../shared/model/time.ts'
import { queried } from '../api/sights.ts'
import type { FleetAuthority } from '../identity/authority.ts'
import type { Loop } from '../loop.ts'
import type { CoordinatorOptions } from '../options.ts'
import type { SessionHub } from '../sessions/hub.ts'
import { accessOf } from '../telemetry/exposition/access.ts'
import { type BootFigures, OwnMetrics, type RemoteWriteCounts } from '../telemetry/exposition/own.ts'
import { type MetricsListener, listenForScrapes } from '../telemetry/exposition/server.ts'
import type { TelemetryRings } from '../telemetry/rings.ts'

export type MetricsParts = {
  readonly loop: Loop
  readonly hub: SessionHub
  readonly rings: TelemetryRings
  readonly clock: Clock
  readonly log: Logger
  readonly remoteWrite: RemoteWriteCounts | undefined
  readonly boot: () => BootFigures | undefined
}

/** Where metrics are scraped: nowhere, unless the options say so. */
export class Metrics {
  readonly listeners: readonly MetricsListener[]
  readonly #own: OwnMetrics | undefined

  private constructor(listeners: readonly MetricsListener[], own?: OwnMetrics) {
    this.listeners = listeners
    this.#own = own
  }

  static async open(
    options: CoordinatorOptions,
    { loop, hub, rings, clock, log, remoteWrite, boot }: MetricsParts,
    authority: FleetAuthority,
  ): Promise<Result<Metrics, string>> {
    if (options.metricsListen.length === 0) return ok(new Metrics([]))
    const access = accessOf(options.metricsAccess, options.metricsTokenFile, authority.cluster)
    if (!access.ok) return access
    const own = new OwnMetrics({ fleet: loop, loop, sessions: hub, rings, remoteWrite, boot })
    const listeners: MetricsListener[] = []
    for (const address of options.metricsListen) {
      const listener = await listenForScrapes(address, {
        access: access.value,
        tls: { ...(await authority.serverCredential()), clientAuthorities: authority.certificate },
        own,
        rings,
        machines: (reader, chosen) => queried(loop, reader === 'everything' ? null : reader, chosen?.test ?? null),
        selection: {
          names: listOf(options.metricsNames),
          levels: listOf(options.topologyLevels),
          seriesMax: options.metricsSeriesMax,
        },
        clock,
        onBug: (error) => log.error({ error }, 'a scrape failed with a bug'),
      })
      if (listener.ok) listeners.push(listener.value)
      else {
        await new Metrics(listeners, own).close()
        return refuse(listener.error)
      }
    }
    return ok(new Metrics(listeners, own))
  }

  async close(): Promise<void> {
    this.#own?.close()
    await Promise.all(this.listeners.map((listener) => listener.close()))
  }
}

/** Entries of a text with commas between. */
export const listOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
