import type { Instant } from '../../shared/model/time.ts'
import type { FleetView } from '../core/state.ts'
import type { FleetIndex } from './fleet_index.ts'
import type { Running } from './running.ts'
import type { Waiting } from './waiting.ts'

/** What one pass looks at. */
export type PassOptions = {
  readonly view: FleetView
  readonly now: Instant
  readonly index: FleetIndex
  readonly waiting: Waiting
  readonly running: Running
}
