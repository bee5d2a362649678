import type { PriorityClass } from '../../shared/model/priority.ts'

/** The one priority with a name; the highest that people ask for. */
export const URGENT: PriorityClass = { name: 'urgent', priority: 2, isDefault: false, preempts: false, comment: '' }
