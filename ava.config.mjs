import { writeFileSync } from 'node:fs'
import process from 'node:process'

/** Counts what ran, for whoever asked by naming a file: ava's own last line counts the passed only if none failed. */
async function observeRun({ events }) {
  const path = process.env.BILLET_TEST_COUNTS
  if (path === undefined) return
  let stats = {}
  for await (const event of events) {
    if (event.type === 'stats') stats = event.stats
  }
  const passed = stats.passedTests + stats.passedKnownFailingTests
  const failed =
    stats.failedTests +
    stats.failedHooks +
    stats.failedWorkers +
    stats.uncaughtExceptions +
    stats.unhandledRejections +
    stats.internalErrors +
    stats.timedOutTests +
    stats.unexpectedProcessExits +
    stats.sharedWorkerErrors
  writeFileSync(path, `${passed} ${failed}\n`)
}

export default {
  extensions: ['ts'],
  files: ['test/**/*.test.ts'],
  // Processes, not threads: tests start and signal processes, change directories and open databases.
  workerThreads: false,
  timeout: '2m',
  nonSemVerExperiments: { observeRunsFromConfig: true },
  observeRun,
}
