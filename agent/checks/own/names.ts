/** The checks that an agent knows by itself. */
export const ownChecks = [
  'cpu-throughput',
  'memory-bandwidth',
  'disk-write',
  'disk-read',
  'raw-disk-read',
  'loopback',
] as const
export type OwnCheck = (typeof ownChecks)[number]

/** What one says; printed as a line of JSON. */
export type Said = { readonly check: string; readonly device?: string } & (
  | { readonly value: number; readonly unit: string }
  | { readonly skipped: string }
  | { readonly failure: string }
)

/** How long one measures, each of `ROUNDS` times; the best of them counts, since others disturb and nobody helps. */
export const ROUND_MS = 150
export const ROUNDS = 3
