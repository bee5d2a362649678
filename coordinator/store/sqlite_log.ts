import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncDirectory } from './sqlite_open.ts'

/** Makes what was committed before durable; throws what the system says otherwise. */
export interface Flush {
  sync(): Promise<void>
  close(): Promise<void>
}

/**
 * Makes commits durable that are in the write-ahead log. It is the one flush that SQLite with `synchronous = FULL` adds
 * to `NORMAL`: all others, that of the log before its pages go into the database among them, are in both. Here it does
 * not keep this process from reading and answering meanwhile.
 */
export class CommitLog implements Flush {
  readonly #path: string
  #file: FileHandle | undefined

  /** @param database its file; the log beside it is made with the first transaction at the latest. */
  constructor(database: string) {
    this.#path = `${database}-wal`
  }

  async sync(): Promise<void> {
    if (this.#file === undefined) {
      this.#file = await open(this.#path, 'r')
      // The name of a log that was just made is to outlive a loss of power, too.
      syncDirectory(dirname(this.#path))
    }
    await this.#file.datasync()
  }

  async close(): Promise<void> {
    await this.#file?.close()
    this.#file = undefined
  }
}
