import process from 'node:process'

/** The composition root of `billet-agent`. */
const argv = process.argv.slice(2)
void program(argv[0] ?? '')
  .then(({ main }) => main(argv))
  .then((code) => {
    // What still runs at this point, such as a command's process, must not hold the agent back.
    process.exit(code)
  })

/** What the agent loads is no part of the programs that run beside it. */
function program(word: string): Promise<{ readonly main: (argv: readonly string[]) => Promise<number> }> {
  // The readers of devices run for good: it would be in memory twice.
  if (word === 'gpu-reader') return import('../agent/assembly/gpu_reader.ts')
  if (word === 'system-reader') return import('../agent/assembly/system_reader.ts')
  // A check measures the machine, and not what is loaded.
  return word === 'check' ? import('../agent/assembly/check_program.ts') : import('../agent/command.ts')
}
