/** One step of the schema. Forward only: a released one is never changed, the next one corrects it. */
export type Migration = {
  /** The schema's version afterwards, one above the step before. */
  readonly version: number
  readonly sql: string
}
