import { milliseconds } from '../../shared/model/time.ts'

/** Waits so many milliseconds, or until the signal fires. Holds no process back. */
export function untilAborted(signal: AbortSignal, most: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds(most)).unref()
    signal.addEventListener('abort', done, { once: true })
  })
}
