import type { KernelEvent } from '../model/kernel_event.ts'
import { count, instantOf, list, text, timestamp } from './check.ts'
import type { KernelEvent as WireEvent, KernelEvent__Output } from './gen/types/billet/v1/KernelEvent.ts'

const EVENTS_MAX = 64

export function encodeKernelEvent(told: KernelEvent): WireEvent {
  const { event, subject, message } = told
  return {
    event,
    subject,
    message,
    count: told.count,
    first_time: timestamp(told.first),
    last_time: timestamp(told.last),
  }
}

export function decodeKernelEvents(field: string, wire: readonly KernelEvent__Output[]): readonly KernelEvent[] {
  return list(field, wire, EVENTS_MAX).map((told, index) => ({
    event: text(`${field}[${index}].event`, told.event, 50),
    subject: text(`${field}[${index}].subject`, told.subject, 100),
    count: count(`${field}[${index}].count`, told.count),
    first: instantOf(`${field}[${index}].first_time`, told.first_time),
    last: instantOf(`${field}[${index}].last_time`, told.last_time),
    message: text(`${field}[${index}].message`, told.message, 200),
  }))
}
