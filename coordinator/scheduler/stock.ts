import { compareTexts } from '../../shared/model/texts.ts'
import type { Domain } from './domain.ts'
import type { Entry, Kind, Place } from './kind.ts'

/** Free machines to choose from, by place. */
export type Stock = {
  readonly free: number
  readonly root: Place
  /** Places of this depth with at least so many, the fewest first. */
  fits(depth: number, count: number): Iterable<Place>
}

export const stockOfKind = (kind: Kind): Stock => ({
  free: kind.free,
  root: kind.root,
  fits: (depth, count) => kind.fits(depth, count),
})

/** Machines of one innermost place. */
export type Shelf = { readonly domain: Domain; readonly machines: readonly Entry[] }

class Node implements Place {
  readonly domain: Domain
  readonly children: Node[] = []
  readonly machines: Entry[] = []
  free = 0

  constructor(domain: Domain) {
    this.domain = domain
  }
}

/** Any machines, gathered by place: as slow as there are many of them. */
export function stockOfShelves(shelves: Iterable<Shelf>, root: Domain): Stock {
  const nodes = new Map<Domain, Node>([[root, new Node(root)]])
  const depths: Node[][] = []
  const nodeOf = (domain: Domain): Node => {
    const known = nodes.get(domain)
    if (known !== undefined) return known
    const node = new Node(domain)
    nodes.set(domain, node)
    if (domain.parent !== null) nodeOf(domain.parent).children.push(node)
    const ofDepth = depths[domain.depth]
    if (ofDepth === undefined) depths[domain.depth] = [node]
    else ofDepth.push(node)
    return node
  }
  const top = nodeOf(root)
  depths[0] = [top]
  for (const { domain, machines } of shelves) {
    nodeOf(domain).machines.push(...machines)
    for (let place: Domain | null = domain; place !== null; place = place.parent) {
      nodeOf(place).free += machines.length
    }
  }
  for (const node of nodes.values()) node.machines.sort((left, right) => compareTexts(left.key, right.key))
  return {
    free: top.free,
    root: top,
    fits: (depth, count) =>
      (depths[depth] ?? [])
        .filter((node) => node.free >= count && node.free > 0)
        .toSorted((left, right) => left.free - right.free || compareTexts(left.domain.key, right.domain.key)),
  }
}
