import { naturalKey } from './order.ts'

/** A place in the topology: the whole fleet, a site, a row, a rack. */
export type Domain = {
  /** 0 is the whole fleet; then one more for each configured level. */
  readonly depth: number
  /** Values of the levels down to this one; empty where a machine does not say. */
  readonly path: readonly string[]
  /** Sorts places of one depth. */
  readonly key: string
  readonly parent: Domain | null
}

/** Whether machines say that they are there; those that say nothing are not together for that. */
export const isKnown = ({ path, depth }: Domain): boolean => depth === 0 || path[depth - 1] !== ''

/** The place of this depth that an inner one lies in; itself where it is no inner one. */
export function placeAt(inner: Domain, depth: number): Domain {
  let domain = inner
  while (domain.depth > depth && domain.parent !== null) domain = domain.parent
  return domain
}

/** All places, found by the values of their levels. */
export class Domains {
  readonly root: Domain = { depth: 0, path: [], key: '', parent: null }
  readonly #known = new Map<string, Domain>([['', this.root]])

  /** The place of a machine with these values; made where it is new. */
  at(path: readonly string[]): Domain {
    const key = path.map(naturalKey).join('\u0000')
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const domain = { depth: path.length, path, key, parent: this.at(path.slice(0, -1)) }
    this.#known.set(key, domain)
    return domain
  }
}
