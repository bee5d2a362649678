/** The first law that was broken, and how. */
export class LawBroken extends Error {
  readonly law: string

  constructor(law: string, evidence: string) {
    super(`${law}: ${evidence}`)
    this.law = law
  }
}
