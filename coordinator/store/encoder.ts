import { assertNever } from '../../shared/model/result.ts'
import type { StateWrite } from '../core/state.ts'
import type { Write } from '../ports.ts'
import { bytesToText } from './bytes.ts'

/**
 * Records as they are stored: one JSON text per record, in an envelope with the version of its form. Everything
 * was checked when it came in, and the store checks its own pages; what is checked here is that the text is a
 * record of this form, down to every identifier, counter and state. A form that changes gets a new version and a
 * step that lifts the old one.
 */
export const VERSION = 1

export class RecordEncoder {
  readonly #parts = new Parts()

  encode(write: StateWrite): Write {
    const key = `${write.table}/${write.key}`
    if (write.record === null) return { key, value: null }
    return { key, value: `{"v":${VERSION},"record":${this.#text(write)}}` }
  }

  /** Parts that go on from one form of a record to the next as they are, are put into words once. */
  #text(write: StateWrite): string {
    switch (write.table) {
      case 'machines': {
        const { inventory: made, lastHandBack, ...rest } = write.record ?? {}
        return this.#parts.joined(rest, { inventory: made, lastHandBack })
      }
      case 'workloads': {
        const { spec, ...rest } = write.record ?? {}
        return this.#parts.joined(rest, { spec })
      }
      case 'commands':
        return JSON.stringify(write.record, bytesToText)
      case 'placements':
      case 'tenants':
      case 'tokens':
      case 'registrations':
      case 'events':
      case 'requests':
      case 'certificates':
      case 'rollouts':
      case 'usages':
      case 'reservations':
      case 'checks':
      case 'bmcs':
      case 'cluster':
        return JSON.stringify(write.record)
      default:
        return assertNever(write)
    }
  }
}

/** For a write alone. */
export const encodeWrite = (write: StateWrite): Write => new RecordEncoder().encode(write)

/**
 * JSON of what is large and seldom replaced: records are replaced and never changed in place, so that the same part has
 * the same text.
 */
class Parts {
  readonly #texts = new WeakMap<object, string>()

  /** One object of these fields. */
  joined(rest: object, parts: Readonly<Record<string, object | null | undefined>>): string {
    let text = JSON.stringify(rest).slice(0, -1)
    for (const [name, part] of Object.entries(parts)) {
      if (part !== undefined) text += `${text === '{' ? '' : ','}"${name}":${part === null ? 'null' : this.#text(part)}`
    }
    return `${text}}`
  }

  #text(part: object): string {
    let text = this.#texts.get(part)
    if (text === undefined) {
      text = JSON.stringify(part, bytesToText)
      this.#texts.set(part, text)
    }
    return text
  }
}
