/** Priorities go from the negative of this to it. */
export const PRIORITY_MOST = 1000
export const PRIORITY_CLASSES_MOST = 100

/** A priority with a name, as this site knows it. */
export type PriorityClass = {
  readonly name: string
  readonly priority: number
  /** What says neither class nor number is of this one; of one class at most. */
  readonly isDefault: boolean
  /** Workloads of it that say nothing of preemption may have others stopped. */
  readonly preempts: boolean
  readonly comment: string
}

/** The highest priority that a tenant may ask for; it stays the number that its class had when it was set. */
export type MaxPriority = {
  readonly priority: number
  /** Name of the class that it was set by; empty: by its number. */
  readonly priorityClass: string
}

/** Asked for in place of a class: the number alone counts, though there be a default. No class has this name. */
export const NO_CLASS = 'none'

/** A name cannot be taken for a number. */
export const isClassName = (text: string): boolean => /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text)

export const CLASS_NAME_EXPECTED = 'expected 1 to 63 of a-z, 0-9 and inner hyphens, a letter first'
