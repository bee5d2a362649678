/** A deliberate fault: in this file, this text becomes that one. */
export type Mutation = Edit & {
  readonly name: string
  /** Where the same is said in several places. */
  readonly also?: readonly Edit[]
}

export type Edit = { readonly file: string; readonly from: string; readonly to: string }
