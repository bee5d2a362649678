import type { Import } from './imports.ts'
import type { Violation } from './source.ts'

/**
 * One row per part of the tree: which files it has, and what they may import. A file belongs to the first row that
 * matches it. `types` may be imported by `import type` alone.
 */
export type Layer = {
  readonly name: string
  readonly files: RegExp
  readonly may: readonly RegExp[]
  readonly types?: readonly RegExp[]
  /** Whether it may import Node's modules and packages; a pure part may not. */
  readonly host: boolean
}

const model = /^shared\/model\//
const shared = /^shared\/(?!wire\/gen\/)/
const wireTypes = /^shared\/wire\/gen\//
const agentCore = /^agent\/core\//
const agentPlans = /(?:.*\/)?plan\.ts|health\/[^/]+\.ts/
const agentPureFiles = /runtime\/(?:environment|shim|types)\.ts|sanitise\/(?:ata|baseline|erase_plan)\.ts/
const agentPure = new RegExp(`^agent/(?:core/|(?:${agentPlans.source}|${agentPureFiles.source})$)`)
const agentPorts = /^agent\/ports\.ts$/
const core = /^coordinator\/core\//
const scheduler = /^coordinator\/scheduler\//
const lifecycle = /^coordinator\/core\/(?:lifecycle|certificate_key)\.ts$/
const powerPure = /^coordinator\/power\/(?:facts|identity|plan|quirks)\.ts$/
const coordinatorPorts = /^coordinator\/ports\.ts$/
const records = /^coordinator\/(?:core\/records|store\/(?:records|encoder))\.ts$/
const coordinatorTop = /^coordinator\/[^/]+\.ts$/

/** A folder that serves one purpose, beside others that it does not know. */
function coordinatorFolder(name: string, may: readonly RegExp[] = []): Layer {
  const own = new RegExp(`^coordinator/${name}/`)
  const submit = /^coordinator\/(?:loop|feed)\.ts$/
  return {
    name: `coordinator/${name}`,
    files: own,
    may: [own, shared, coordinatorPorts, lifecycle, ...may],
    types: [core, submit],
    host: true,
  }
}

function agentFolder(name: string, may: readonly RegExp[] = []): Layer {
  const own = new RegExp(`^agent/${name}/`)
  return { name: `agent/${name}`, files: own, may: [own, shared, agentPure, agentPorts, ...may], host: true }
}

const everything = /^(?:agent|build|cli|coordinator|shared)\//

export const layers: readonly Layer[] = [
  { name: 'shared/model', files: model, may: [model], host: false },
  { name: 'shared/wire/gen', files: wireTypes, may: [wireTypes], host: true },
  { name: 'shared/wire', files: /^shared\/(?:wire|grpc)\//, may: [shared, wireTypes], host: true },
  { name: 'shared', files: /^shared\//, may: [shared], host: true },

  { name: 'agent, its pure parts', files: agentPure, may: [model, agentPure], host: false },
  { name: 'agent/ports', files: agentPorts, may: [model], types: [shared, agentCore], host: true },
  // What counts as a disk is said in one place.
  agentFolder('checks', [/^agent\/inventory\/block\.ts$/]),
  agentFolder('commands'),
  agentFolder('inventory'),
  agentFolder('journal'),
  agentFolder('runtime'),
  agentFolder('sanitise'),
  agentFolder('session', [wireTypes]),
  agentFolder('telemetry'),
  agentFolder('upgrade'),
  {
    // Puts the parts together, as `bin` does for programs: many agents are started in one process by it.
    name: 'agent, its root',
    files: /^agent\/(?:(?:main|command)\.ts$|assembly\/)/,
    may: [/^agent\//, shared, wireTypes],
    host: true,
  },
  {
    name: 'agent, its middle',
    files: /^agent\/[^/]+\.ts$/,
    may: [/^agent\/[^/]+\.ts$/, agentPure, shared, wireTypes],
    host: true,
  },

  { name: 'coordinator/core', files: core, may: [model, core], host: false },
  {
    // The planner and the committer share one judgement of what can be placed where, or they would never agree.
    name: 'coordinator/scheduler',
    files: scheduler,
    may: [model, scheduler, /^coordinator\/core\/(?:borrowed|imagined|placeable|lifecycle|ranks|restarts)\.ts$/],
    types: [core],
    host: false,
  },
  { name: 'coordinator/ports', files: coordinatorPorts, may: [model, records], types: [core, shared], host: true },
  coordinatorFolder('store', [records]),
  // What a workload may be stopped for, and what checks come to, is told as the core decides it.
  coordinatorFolder('api', [wireTypes, /^coordinator\/core\/(?:borrowed|checks|ranks)\.ts$/]),
  coordinatorFolder('boot'),
  coordinatorFolder('identity', [wireTypes]),
  {
    name: 'coordinator/power, its pure parts',
    files: powerPure,
    may: [model, powerPure],
    host: false,
  },
  coordinatorFolder('power'),
  coordinatorFolder('sessions', [wireTypes]),
  coordinatorFolder('telemetry'),
  coordinatorFolder('web'),
  {
    // Puts the parts together, as `bin` does for programs: tests and `billet dev` start coordinators by it.
    name: 'coordinator, its root',
    files: /^coordinator\/(?:(?:main|command)\.ts$|assembly\/)/,
    may: [/^coordinator\//, shared, wireTypes],
    host: true,
  },
  {
    name: 'coordinator, its middle',
    files: coordinatorTop,
    may: [coordinatorTop, core, scheduler, shared, records],
    host: true,
  },

  { name: 'cli', files: /^cli\//, may: [/^cli\//, shared, wireTypes], host: true },
  { name: 'bin', files: /^bin\//, may: [/^bin\//, everything], host: true },
  { name: 'demo', files: /^demo\//, may: [/^demo\//, everything], host: true },
  { name: 'bench', files: /^bench\//, may: [/^(?:bench|demo)\//, everything], host: true },
  { name: 'build', files: /^(?:build\/|[^/]+\.mjs$)/, may: [/^build\//], host: true },
  { name: 'test', files: /^test\//, may: [/^test\//, /^(?:bench|demo)\//, everything], host: true },
]

const layerOf = (path: string, table: readonly Layer[]): Layer | undefined =>
  table.find((layer) => layer.files.test(path))

function refusal(edge: Import, table: readonly Layer[]): string | undefined {
  const layer = layerOf(edge.from, table)
  if (layer === undefined) return 'belongs to no part of the tree; give it a row in test/tidy/layers.ts'
  if (edge.kind !== 'file') return layer.host ? undefined : `${layer.name} is pure and may not import ${edge.to}`
  if (layer.may.some((allowed) => allowed.test(edge.to))) return undefined
  if (layer.types?.some((allowed) => allowed.test(edge.to)) !== true) return `${layer.name} may not import ${edge.to}`
  return edge.typeOnly ? undefined : `${layer.name} may import ${edge.to} for its types alone`
}

/** Imports that the table does not allow. */
export function forbiddenImports(imports: readonly Import[], table: readonly Layer[]): Violation[] {
  return imports.flatMap((edge) => {
    const message = refusal(edge, table)
    return message === undefined ? [] : [{ path: edge.from, line: edge.line, message }]
  })
}

/** What ships may import only what is declared to ship with it; tools and tests may use all that is declared. */
export function undeclaredPackages(
  imports: readonly Import[],
  shipped: ReadonlySet<string>,
  tools: ReadonlySet<string>,
): Violation[] {
  return imports.flatMap((edge) => {
    if (edge.kind !== 'package' || shipped.has(edge.to)) return []
    const ships = /^(?:agent|bin|cli|coordinator|shared)\//.test(edge.from)
    if (!ships && tools.has(edge.to)) return []
    const where = ships ? 'dependencies' : 'package.json'
    return [{ path: edge.from, line: edge.line, message: `imports ${edge.to}, which ${where} does not name` }]
  })
}
