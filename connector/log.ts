import winston from 'winston'
import { type Colour, paint } from './paint.ts'
import { oneLine } from './printable.ts'

/** Fixed event names, ids and counts; never a value of a row. A list is a text of several lines, broken by us. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | readonly string[]>>
export interface Log {
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}

/**
 * Logs to standard error: JSON lines, or readable text on a terminal. A closed standard error never throws: what is lost
 * is a line, not a drain. A line stays one line, whatever stands in a field, except where a message is a list of lines.
 */
export const createLog = (style: 'json' | 'text' | 'silent', write: (line: string) => void = toStderr): Log => {
  const logger = winston.createLogger({
    level: 'info',
    silent: style === 'silent',
    // In a key of their own: a field named message would take the place of the event's name.
    format: winston.format.printf(({ level, message, fields }) =>
      style === 'json' ? jsonLine(level, message, fields as LogFields) : text(level, message, fields as LogFields),
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
  oneLine(JSON.stringify({ at: new Date().toISOString(), level, event, ...mapped(fields) }))

const mapped = (fields: LogFields) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, isLines(value) ? value.join('\n') : value]))

const isLines = (value: LogFields[string] | undefined): value is readonly string[] => Array.isArray(value)

/** Facts end the line of the message; below several lines they are one of their own. */
const text = (level: string, event: unknown, { message, ...rest }: LogFields): string => {
  const facts = Object.entries(rest).map(([name, value]) => `${name}=${isLines(value) ? value.join(' ') : value}`)
  const [first = '', ...more] = isLines(message) ? message : [String(message ?? event)]
  const escaped =
    more.length === 0
      ? [oneLine([first, ...facts].join(' '))]
      : [first, ...more, ...(facts.length === 0 ? [] : [`  ${facts.join(' ')}`])].map(oneLine)
  const colour = colours[level]
  return `${colour === undefined ? '' : `${paint(colour, `${level}:`, process.stderr)} `}${escaped.join('\n')}`
}

const colours: Readonly<Record<string, Colour>> = { warn: 'yellow', error: 'red' }

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
