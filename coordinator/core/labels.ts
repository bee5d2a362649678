import { type BilletError, invalidField } from '../../shared/model/errors.ts'

const LABEL_KEY = /^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?$/
export const LABELS_MAX = 64

/** What is wrong with labels that a machine is to get, or null. */
export function labelsFault(field: string, labels: Readonly<Record<string, string>>): BilletError | null {
  for (const [key, value] of Object.entries(labels)) {
    if (LABEL_KEY.test(key) && value.length <= 63) continue
    const expected = 'keys of 1 to 63 letters, digits, ".", "_", "/" and "-", and values of at most 63 characters'
    const where = `${field}[${JSON.stringify(key)}]`
    return { ...invalidField(field, `expected ${expected}`), message: `${where}: expected ${expected}.` }
  }
  return null
}
