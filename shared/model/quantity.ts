const PREFIXES = ['', 'k', 'M', 'G', 'T', 'P'] as const
const SCALED: ReadonlySet<string> = new Set(['B/s', 'B', 'FLOP/s'])

/** "41.2 GB/s"; a unit that is not known to have thousands of it stays as it is. */
export function quantity(value: number, unit: string): string {
  if (!SCALED.has(unit)) return `${Number(value.toPrecision(4))}${unit === '' ? '' : ` ${unit}`}`
  let scaled = value
  let power = 0
  while (Math.abs(scaled) >= 1000 && power < PREFIXES.length - 1) {
    scaled /= 1000
    power += 1
  }
  return `${Number(scaled.toPrecision(3))} ${PREFIXES[power] ?? ''}${unit}`
}
