/** Machines of one kind of hardware: how many are free, and when others will be. */
export type Supply = { readonly kind: string; readonly free: number; readonly ends: readonly number[] }

type Promised = {
  readonly kind: string
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
      const own = this.#promised.filter(({ kind }) => kind === supply.kind)
      const kept = own.reduce((sum, { from, count }) => sum + (from === -1 ? count : 0), 0)
      const later = own.filter(({ from }) => from !== -1 && from < end).map(({ from }) => this.#left(supply, from))
      usable += Math.max(0, Math.min(supply.free - kept, ...later))
    }
    return usable
  }

  /** Promises so many machines for as long as `length`, from the first time on at which they are to be had. */
  promise(supplies: readonly Supply[], count: number, length: number): void {
    const times = [...supplies.flatMap(({ ends }) => ends), ...this.#promised.map(({ until }) => until)]
    const least = (supply: Supply, from: number): number => {
      const starts = this.#promised.map((one) => one.from).filter((at) => at > from && at < from + length)
      return Math.max(0, Math.min(...[from, ...starts].map((at) => this.#left(supply, at))))
    }
    const from = [0, ...times.toSorted((left, right) => left - right)].find(
      (time) => time < Infinity && supplies.reduce((sum, supply) => sum + least(supply, time), 0) >= count,
    )
    const most = (supply: Supply): number =>
      from === undefined ? this.usable([supply], this.#now + length) : least(supply, from)
    const whole = supplies.find((supply) => most(supply) >= count)
    const until = from === undefined ? Infinity : Math.max(from, this.#now) + length
    let missing = count
    // All are told before any is promised: each is worked out on what there was before.
    const shares = (whole === undefined ? supplies : [whole]).map((supply) => ({ supply, share: most(supply) }))
    for (const { supply, share } of shares) {
      const some = Math.min(missing, share)
      missing -= some
      if (some > 0) this.#promised.push({ kind: supply.kind, count: some, from: from ?? -1, until })
    }
  }

  /** What nobody is promised of a kind at a time. */
  #left({ kind, free, ends }: Supply, at: number): number {
    const promised = this.#promised.filter((one) => one.kind === kind && one.from <= at && at < one.until)
    return free + ends.filter((end) => end <= at).length - promised.reduce((sum, { count }) => sum + count, 0)
  }
}
