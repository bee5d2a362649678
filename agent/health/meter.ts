import type { HealthRule } from '../../shared/model/health.ts'
import type { Instant } from '../../shared/model/time.ts'

const MARKS = 16

type Measure = Pick<HealthRule, 'measure' | 'window' | 'fromZero'>

/** How much a counter grew, or how often a value changed, within a window that moves on in sixteenths of itself. */
export class Meter {
  readonly #rule: Measure
  readonly #times = new Float64Array(MARKS)
  readonly #amounts = new Float64Array(MARKS)
  /** Marks made so far; the newest is at `(#marks - 1) % MARKS`. */
  #marks = 0
  #amount = 0
  #last = Number.NaN

  constructor(rule: Measure) {
    this.#rule = rule
    if (rule.fromZero) this.#last = 0
  }

  /** What was within the window; 0 at first: what was before the first look is nobody's news. */
  add(value: number, now: Instant): number {
    if (this.#marks === 0) this.#mark(now)
    if (!Number.isNaN(this.#last)) this.#amount += this.#growth(value)
    this.#last = value
    const newest = this.#times[(this.#marks - 1) % MARKS] ?? 0
    if (now < newest) this.#marks = 0
    if (this.#marks === 0 || now - newest >= this.#rule.window / MARKS) this.#mark(now)
    return this.#amount - this.#before(now)
  }

  #mark(now: Instant): void {
    this.#times[this.#marks % MARKS] = now
    this.#amounts[this.#marks % MARKS] = this.#amount
    this.#marks += 1
  }

  /** A counter that went back was set to nothing, or misread: neither is growth. */
  #growth(value: number): number {
    return this.#rule.measure === 'changes' ? Number(value !== this.#last) : Math.max(0, value - this.#last)
  }

  /** The amount when the window began: that of the newest mark before it, or of the first one. */
  #before(now: Instant): number {
    const oldest = Math.max(0, this.#marks - MARKS)
    const first = this.#amounts[oldest % MARKS] ?? 0
    // An amount never shrinks: where it is still the first one, it was that at each mark between.
    if (first === this.#amount) return first
    for (let mark = this.#marks - 1; mark >= oldest; mark -= 1) {
      if ((this.#times[mark % MARKS] ?? 0) <= now - this.#rule.window) return this.#amounts[mark % MARKS] ?? 0
    }
    return first
  }
}
