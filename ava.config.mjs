import { writeFileSync } from 'node:fs'
import process from 'node:process'

const countsPath = process.env.BILLET_TEST_COUNTS

/** Counts what ran, for whoever asked by naming a file: ava's own last line counts the passed only if none failed. */
async function observeRun({ events }) {
  let stats
  for await (const event of events) {
    if (event.type === 'stats') stats = event.stats
  }
  const broken =
    stats.failedTests +
    stats.failedHooks +
    stats.timedOutTests +
    stats.uncaughtExceptions +
    stats.unhandledRejections +
    stats.internalErrors +
    stats.unexpectedProcessExits +
    stats.sharedWorkerErrors
  // A process that died has mostly said why, which is counted already.
  const failed = broken > 0 ? broken : stats.failedWorkers
  writeFileSync(countsPath, `${stats.passedTests + stats.passedKnownFailingTests} ${failed}\n`)
}

export default {
  extensions: ['ts'],
  files: ['test/**/*.test.ts'],
  // Processes, not threads: tests start and signal processes, change directories and open databases.
  workerThreads: false,
  timeout: '2m',
  ...(countsPath === undefined ? {} : { nonSemVerExperiments: { observeRunsFromConfig: true }, observeRun }),
}
