import type { Expression } from '../model/expression/expression.ts'
import { describeFault, parseExpression } from '../model/expression/parse.ts'
import { parseMachineId } from '../model/ids.ts'
import { ANY_ARRANGEMENT, ANY_MACHINE, type Arrangement, type Constraints, type Preference } from '../model/workload.ts'
import { count, invalid, list, map, resource, text } from './check.ts'
import type { Arrangement as WireArrangement, Arrangement__Output } from './gen/types/billet/v1/Arrangement.ts'
import type { Constraints as WireConstraints, Constraints__Output } from './gen/types/billet/v1/Constraints.ts'
import type { Preference__Output } from './gen/types/billet/v1/Preference.ts'

const LEVEL_MAX = 63

export function decodeConstraints(field: string, wire: Constraints__Output | null): Constraints {
  if (wire === null) return ANY_MACHINE
  const machines = (name: string, names: readonly string[]) =>
    list(`${field}.${name}`, names, 4096).map((one, index) =>
      resource(`${field}.${name}[${index}]`, 'machines', one, parseMachineId),
    )
  return {
    ...(wire.hardware_class === '' ? {} : { hardwareClass: text(`${field}.hardware_class`, wire.hardware_class, 200) }),
    labels: map(`${field}.labels`, wire.labels, { entries: 64, key: 63, value: 63 }),
    gpusMin: count(`${field}.gpus_min`, wire.gpus_min, 0, 1024),
    memoryBytesMin: count(`${field}.memory_bytes_min`, wire.memory_bytes_min),
    machines: machines('machines', wire.machines),
    excluded: machines('excluded_machines', wire.excluded_machines),
    require: wire.require === '' ? null : decodeExpression(`${field}.require`, wire.require),
    prefer: list(`${field}.prefer`, wire.prefer, 16).map((one, index) =>
      decodePreference(`${field}.prefer[${index}]`, one),
    ),
  }
}

export function decodeExpression(field: string, written: string): Expression {
  const expression = parseExpression(written)
  return expression.ok ? expression.value : invalid(field, describeFault(written, expression.error))
}

function decodePreference(field: string, { expression, weight }: Preference__Output): Preference {
  return {
    expression: decodeExpression(`${field}.expression`, expression),
    weight: weight === 0 ? 1 : count(`${field}.weight`, weight, -1000, 1000),
  }
}

export function encodeConstraints(constraints: Constraints): WireConstraints {
  const { require: required, prefer, machines, excluded } = constraints
  return {
    hardware_class: constraints.hardwareClass ?? '',
    labels: { ...constraints.labels },
    gpus_min: constraints.gpusMin,
    memory_bytes_min: constraints.memoryBytesMin,
    machines: machines.map((id) => `machines/${id}`),
    excluded_machines: excluded.map((id) => `machines/${id}`),
    require: required?.text ?? '',
    prefer: prefer.map(({ expression, weight }) => ({ expression: expression.text, weight })),
  }
}

export function decodeArrangement(field: string, wire: Arrangement__Output | null): Arrangement {
  if (wire === null) return ANY_ARRANGEMENT
  const pack = text(`${field}.pack_level`, wire.pack_level, LEVEL_MAX)
  const spread = text(`${field}.spread_level`, wire.spread_level, LEVEL_MAX)
  if (pack === '' && wire.pack_required) invalid(`${field}.pack_level`, 'expected a level, since one is required')
  const most = count(`${field}.spread_most`, wire.spread_most, 0, 4096)
  if (spread === '' && most > 0) invalid(`${field}.spread_level`, 'expected a level beside spread_most')
  return {
    pack: pack === '' ? null : { level: pack, required: wire.pack_required },
    spread: spread === '' ? null : { level: spread, most: Math.max(1, most) },
    sameClass: wire.same_class,
  }
}

export const encodeArrangement = ({ pack, spread, sameClass }: Arrangement): WireArrangement => ({
  pack_level: pack?.level ?? '',
  pack_required: pack?.required ?? false,
  spread_level: spread?.level ?? '',
  spread_most: spread?.most ?? 0,
  same_class: sameClass,
})
