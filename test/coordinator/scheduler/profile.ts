/** Machines of one kind of hardware: how many are free, and when others will be. */
export type Supply = {
  readonly kind: string
  readonly free: number
  readonly ends: readonly number[]
  /** From when on, at this time or later, reservations let the one who asks have them; null: nobody knows. */
  readonly from: (at: number) => number | null
}

type Promised = {
  /** So many of all of these together. */
  readonly kinds: readonly string[]
  readonly count: number
  /** -1: nobody knows when, and it is kept from now on. */
  readonly from: number
  readonly until: number
}

/** What machines of each kind are promised to whom from when until when: conservative backfill, said plainly. */
export class Profile {
  readonly #now: number
  readonly #promised: Promised[] = []

  constructor(now: number) {
    this.#now = now
  }

  /** How many free machines may be taken by what gives them back at `end`. */
  usable(supplies: readonly Supply[], end: number): number {
    let usable = 0
    for (const supply of supplies) {
      const own = this.#promised.filter(({ kinds }) => kinds.includes(supply.kind))
      const kept = own.reduce((sum, { from, count }) => sum + (from === -1 ? count : 0), 0)
      const later = own.filter(({ from }) => from !== -1 && from < end).map(({ from }) => this.#left(supply, from))
      usable += Math.max(0, Math.min(supply.free - kept, ...later))
    }
    return usable
  }

  /**
   * Promises so many machines for as long as `length`, from the first time on at which they are to be had. Those that
   * are reserved for others now are counted on then, and not promised.
   */
  promise(supplies: readonly Supply[], count: number, length: number): void {
    const { from, until, own, missing } = this.#plan(supplies, count, length)
    const most = (supply: Supply): number =>
      from === undefined ? this.usable([supply], this.#now + length) : this.#least(supply, from, length)
    const whole = own.find((supply) => most(supply) >= missing)
    let left = missing
    // All are told before any is promised: each is worked out on what there was before.
    const shares = (whole === undefined ? own : [whole]).map((supply) => ({ supply, share: most(supply) }))
    for (const { supply, share } of shares) {
      const some = Math.min(left, share)
      left -= some
      if (some > 0) this.#promised.push({ kinds: [supply.kind], count: some, from: from ?? -1, until })
    }
  }

  /** As `promise`, of all kinds together; null: nothing is promised. */
  promiseTogether(supplies: readonly Supply[], count: number, length: number): Promised | null {
    const { from, until, own, missing } = this.#plan(supplies, count, length)
    if (own.length === 0 || missing <= 0) return null
    const promised = { kinds: own.map(({ kind }) => kind), count: missing, from: from ?? -1, until }
    this.#promised.push(promised)
    return promised
  }

  #plan(supplies: readonly Supply[], count: number, length: number) {
    const asked = this.#promised.filter(({ kinds }) => supplies.some(({ kind }) => kinds.includes(kind)))
    const ends = [0, ...supplies.flatMap((supply) => supply.ends), ...asked.map(({ until }) => until)]
    const known = ends.filter((time) => time < Infinity)
    const times = known.flatMap((time) => [time, ...supplies.flatMap(({ from }) => from(time) ?? [])])
    const from = times
      .toSorted((left, right) => left - right)
      .find((time) => supplies.reduce((sum, supply) => sum + this.#least(supply, time, length), 0) >= count)
    const isOwn = (supply: Supply): boolean => this.#isOpen(supply, 0) && this.#isOpen(supply, from ?? 0)
    const closed = from === undefined ? [] : supplies.filter((supply) => !this.#isOpen(supply, 0))
    const missing = closed.reduce((left, supply) => left - this.#least(supply, from ?? 0, length), count)
    const until = from === undefined ? Infinity : Math.max(from, this.#now) + length
    return { from, until, own: supplies.filter(isOwn), missing }
  }

  #isOpen({ from }: Supply, at: number): boolean {
    const opening = from(at)
    return opening !== null && opening <= Math.max(at, this.#now)
  }

  /** What nobody is promised of a kind from a time on, for so long; nothing where reservations are in the way. */
  #least(supply: Supply, from: number, length: number): number {
    if (!this.#isOpen(supply, from)) return 0
    const starts = this.#promised.map((one) => one.from).filter((at) => at > from && at < from + length)
    return Math.max(0, Math.min(...[from, ...starts].map((at) => this.#left(supply, at))))
  }

  /** What nobody is promised of a kind at a time. */
  #left({ kind, free, ends }: Supply, at: number): number {
    const promised = this.#promised.filter(
      ({ kinds, ...one }) => kinds.includes(kind) && one.from <= at && at < one.until,
    )
    return free + ends.filter((end) => end <= at).length - promised.reduce((sum, { count }) => sum + count, 0)
  }
}
