import { Histogram, SECONDS_BOUNDS } from '../shared/histogram.ts'
import type { Milliseconds } from '../shared/model/time.ts'

/** What the loop has done so far, for whoever watches over it. */
export class LoopFigures {
  readonly decisionSeconds = new Histogram(SECONDS_BOUNDS)
  readonly passSeconds = new Histogram(SECONDS_BOUNDS)
  readonly commitSeconds = new Histogram(SECONDS_BOUNDS)
  inputs = 0
  writes = 0
  commitFailures = 0

  decided(inputs: number, took: Milliseconds): void {
    this.inputs += inputs
    this.decisionSeconds.observe(took / 1000)
  }

  committed(writes: number, took: Milliseconds, succeeded: boolean): void {
    this.commitSeconds.observe(took / 1000)
    if (succeeded) this.writes += writes
    else this.commitFailures += 1
  }

  /** A pass of the scheduler, with its time told; that of the commits between its decisions is none of it. */
  *timed<Planned>(pass: Iterable<Planned>, monotonic: () => Milliseconds): Generator<Planned> {
    let spent = 0
    let from = monotonic()
    for (const planned of pass) {
      spent += monotonic() - from
      yield planned
      from = monotonic()
    }
    this.passSeconds.observe((spent + monotonic() - from) / 1000)
  }
}
