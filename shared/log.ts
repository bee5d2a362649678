import process from 'node:process'
import pino from 'pino'

type Fields = Readonly<Record<string, unknown>>

/** What the parts of a program see of its log: fields with fixed names first, then what happened in few words. */
export interface Logger {
  debug(fields: Fields, message: string): void
  info(fields: Fields, message: string): void
  warn(fields: Fields, message: string): void
  error(fields: Fields, message: string): void
}

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** Fields that may hold a secret, at any of the first two levels. */
const SECRET = ['token', 'secret', 'secrets', 'key', 'password', 'task', 'spec', 'content']
const REDACTED = SECRET.flatMap((name) => [name, `*.${name}`])

/** One JSON document per line on standard error. Written at once: what was said before a crash is there after it. */
export function createLogger(name: string, level: LogLevel): Logger {
  const options = {
    name,
    level,
    base: { program: name, pid: process.pid },
    redact: { paths: REDACTED, censor: '[secret]' },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { error: pino.stdSerializers.err },
  }
  return pino(options, pino.destination({ fd: 2, sync: true }))
}

export const silentLogger: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
