import process from 'node:process'

/** The composition root of `billet-agent`. */
const argv = process.argv.slice(2)
// The reader of GPUs runs beside the agent for good: what the agent loads would be in memory twice.
const program = argv[0] === 'gpu-reader' ? import('../agent/assembly/gpu_reader.ts') : import('../agent/command.ts')
void program
  .then(({ main }) => main(argv))
  .then((code) => {
    // What still runs at this point, such as a command's process, must not hold the agent back.
    process.exit(code)
  })
