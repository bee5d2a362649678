import * as v from 'valibot'
import type { Expression } from '../../shared/model/expression/expression.ts'
import { parseReservationId, parseReservationName } from '../../shared/model/ids.ts'
import { at, count, duration, isObject, machineId, parsed, tenantName, userName } from './record_parts.ts'

const expression = v.custom<Expression>(isObject, 'expected an expression')

/** A reservation as it is stored. */
export const reservation = v.object({
  id: parsed(parseReservationId),
  name: parsed(parseReservationName),
  tenants: v.array(tenantName),
  machines: v.array(machineId),
  wanted: v.nullable(v.object({ count, require: v.nullable(expression) })),
  start: at,
  duration: v.nullable(duration),
  recurrence: v.nullable(v.picklist(['daily', 'weekly'])),
  lastStart: v.nullable(at),
  endedUntil: v.nullable(at),
  evicts: v.boolean(),
  admitsUnlimited: v.boolean(),
  comment: v.string(),
  user: userName,
  createdAt: at,
  begunAt: v.nullable(at),
  overAt: v.nullable(at),
  lookedAt: v.nullable(at),
})
