/** What a machine has of its own while it is clean: per kind of thing, each by its name and what is so of it. */
export type Baseline = Readonly<Record<BaselineKind, Readonly<Record<string, string>>>>

/** In a listening port's or a mount's case that it is there is all; it may go, but not come. */
const KINDS = {
  file: { changes: ['added', 'removed', 'changed'] },
  setuid: { changes: ['added', 'removed', 'changed'] },
  sysctl: { changes: ['changed'] },
  module: { changes: ['added'] },
  listener: { changes: ['added'] },
  mount: { changes: ['added'] },
} as const satisfies Readonly<Record<string, { readonly changes: readonly Change[] }>>

type Change = 'added' | 'removed' | 'changed'

export type BaselineKind = keyof typeof KINDS

export const BASELINE_KINDS: readonly BaselineKind[] = ['file', 'setuid', 'sysctl', 'module', 'listener', 'mount']

/** One difference, as `kind:name` to be matched and in words. */
export type Difference = { readonly kind: BaselineKind; readonly name: string; readonly change: Change }

/**
 * What differs from the baseline and matters.
 *
 * @param ignored differences that the site allows: `kind:name`, where a `*` at the end stands for anything.
 */
export function differences(before: Baseline, now: Baseline, ignored: readonly string[]): readonly Difference[] {
  return BASELINE_KINDS.flatMap((kind) => {
    const allowed: readonly Change[] = KINDS[kind].changes
    return changesOf(before[kind], now[kind])
      .filter(({ change }) => allowed.includes(change))
      .map((one) => ({ kind, ...one }))
      .filter((one) => !ignored.some((pattern) => matches(pattern, `${kind}:${one.name}`)))
  })
}

function changesOf(
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): readonly { readonly name: string; readonly change: Change }[] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)])
  return [...names].toSorted().flatMap((name) => {
    const [old, found] = [before[name], now[name]]
    if (old === found) return []
    return { name, change: old === undefined ? 'added' : found === undefined ? 'removed' : 'changed' } as const
  })
}

const matches = (pattern: string, text: string): boolean =>
  pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : pattern === text

export const inWords = ({ kind, name, change }: Difference): string => `${kind} ${name} ${change}`
