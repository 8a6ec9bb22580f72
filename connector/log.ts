import winston from 'winston'
import { oneLine } from './printable.ts'

/** Fixed event names, ids and counts; never a value of a row. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>
export interface Log {
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}

/**
 * Logs to standard error: JSON lines, or readable text on a terminal. A closed standard error never throws: what is lost
 * is a line, not a drain. A line stays one line, whatever stands in a field.
 */
export const createLog = (style: 'json' | 'text' | 'silent', write: (line: string) => void = toStderr): Log => {
  const logger = winston.createLogger({
    level: 'info',
    silent: style === 'silent',
    // In a key of their own: a field named message would take the place of the event's name.
    format: winston.format.printf(({ level, message, fields }) =>
      oneLine(
        style === 'json'
          ? jsonLine(level, message, fields as LogFields)
          : textLine(level, message, fields as LogFields),
      ),
    ),
    transports: [new winston.transports.Stream({ stream: lineStream(write) })],
  })
  const at =
    (level: 'info' | 'warn' | 'error') =>
    (event: string, fields: LogFields = {}) => {
      logger.log({ level, message: event, fields })
    }
  return { info: at('info'), warn: at('warn'), error: at('error') }
}

const jsonLine = (level: string, event: unknown, fields: LogFields): string =>
  JSON.stringify({ at: new Date().toISOString(), level, event, ...fields })

const textLine = (level: string, event: unknown, fields: LogFields): string => {
  const { message, ...rest } = fields
  const facts = Object.entries(rest).map(([name, value]) => `${name}=${String(value)}`)
  return [level === 'info' ? '' : `${level}:`, String(message ?? event), ...facts]
    .filter((part) => part !== '')
    .join(' ')
}

const lineStream = (write: (line: string) => void): NodeJS.WritableStream => {
  const { Writable } = process.getBuiltinModule('node:stream')
  return new Writable({
    write(chunk: Buffer | string, _encoding, done) {
      write(chunk.toString())
      done()
    },
  })
}

const toStderr = (line: string): void => {
  process.stderr.write(line)
}
