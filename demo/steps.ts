import process from 'node:process'

type Step = { readonly what: string; readonly milliseconds: number; readonly failure: string | undefined }

/** Runs the steps of a demonstration one after the other, says how each went, and sums them up. */
export class Steps {
  readonly #steps: Step[] = []

  async step(what: string, act: () => Promise<void>): Promise<void> {
    if (this.#steps.some((step) => step.failure !== undefined)) return
    process.stdout.write(`\n== ${what}\n`)
    const began = performance.now()
    const failure = await act().then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    )
    const milliseconds = performance.now() - began
    this.#steps.push({ what, milliseconds, failure })
    if (failure !== undefined) process.stdout.write(`   FAILED: ${failure}\n`)
  }

  /** Prints the summary; true where every step was as said. */
  summary(): boolean {
    process.stdout.write('\nSummary\n')
    for (const { what, milliseconds, failure } of this.#steps) {
      const seconds = `${(milliseconds / 1000).toFixed(1)} s`
      process.stdout.write(`  ${failure === undefined ? 'ok    ' : 'FAILED'}  ${seconds.padStart(7)}  ${what}\n`)
    }
    return this.#steps.every((step) => step.failure === undefined)
  }
}

/** Shows what a program said, indented. */
export function show(text: string): void {
  for (const line of text.trimEnd().split('\n')) process.stdout.write(`   ${line}\n`)
}

export function expect(condition: boolean, broken: string): asserts condition {
  if (!condition) throw new Error(broken)
}
