import type { RegistrationName, TokenId } from '../../shared/model/ids.ts'
import type { TokenRecord } from './enrolment_records.ts'

/** Tokens by what they are found by: anybody may present one, so that looking it up must cost little. */
export class TokenIndex {
  readonly #byHash = new Map<string, TokenId>()
  readonly #byRegistration = new Map<RegistrationName, Set<TokenId>>()

  readonly changed = (before: TokenRecord | null, after: TokenRecord | null): void => {
    if (before !== null && after === null) this.#forget(before)
    if (after === null) return
    this.#byHash.set(after.hash, after.id)
    if (after.registration === null) return
    const others = this.#byRegistration.get(after.registration)
    if (others === undefined) this.#byRegistration.set(after.registration, new Set([after.id]))
    else others.add(after.id)
  }

  #forget({ id, hash, registration }: TokenRecord): void {
    this.#byHash.delete(hash)
    if (registration === null) return
    const others = this.#byRegistration.get(registration)
    others?.delete(id)
    if (others?.size === 0) this.#byRegistration.delete(registration)
  }

  of(hash: string): TokenId | undefined {
    return this.#byHash.get(hash)
  }

  /** Those that were made for it, also those that ended. */
  for(registration: RegistrationName): Iterable<TokenId> {
    return this.#byRegistration.get(registration) ?? []
  }
}
