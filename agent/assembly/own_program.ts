import process from 'node:process'
import { isSea } from 'node:sea'

/**
 * This very program, as one of those that run beside the agent.
 *
 * @param word what `bin/billet-agent.ts` knows it by.
 */
export function ownProgram(word: string): readonly [string, ...string[]] {
  const script = process.argv[1]
  return [process.execPath, ...(isSea() || script === undefined ? [] : [script]), word]
}
