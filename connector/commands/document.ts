import type { RunStopped } from '../activation/stop.ts'
import { stopOf } from '../activation/stop-of.ts'
import { ConfigurationError, UsageError } from '../config/problems.ts'
import type { Colour } from '../paint.ts'
import { printError, printLine, printPainted } from './output.ts'

/** What a command has to say: one document for `--json`, text for a person. */
export interface Answer {
  readonly document: object
  readonly text: string
  readonly exit: number
  /** Colours of words that begin a line of the text. */
  readonly colours?: Readonly<Record<string, Colour>>
}

interface Printed {
  readonly json?: boolean | undefined
}

/** Why a command could not do what it was asked, from whatever was thrown. */
export interface Failure {
  readonly exit: number
  readonly code: string
  readonly message: string
  /** The message in lines. What breaks one of these lines is foreign. */
  readonly lines: readonly string[]
}

export const failureOf = (error: unknown): Failure => {
  if (error instanceof UsageError || error instanceof ConfigurationError) {
    const { exitCode: exit, message } = error
    // Whatever is foreign in these has been quoted: each line break is ours.
    return { exit, code: error instanceof UsageError ? 'usage' : 'configuration', message, lines: message.split('\n') }
  }
  const { exit, code, message }: RunStopped = stopOf(error)
  return { exit, code, message, lines: [message] }
}

/**
 * Prints what a command answers, or why it could not: on standard error for a person, and with `--json` one document of
 * its schema on standard output in either case. Returns the exit code.
 */
export const answerWith = async (schema: string, { json }: Printed, work: () => Promise<Answer>): Promise<number> => {
  try {
    const answer = await work()
    print(schema, { json }, answer)
    return answer.exit
  } catch (error) {
    return failWith(schema, { json }, error)
  }
}

/** What a command answers, on standard output. */
export const print = (schema: string, { json }: Printed, { document, text, colours }: Answer): void =>
  json ? printLine(JSON.stringify({ schema, ...document })) : printPainted(text, colours ?? {})

/** Why a command could not do it. Returns the exit code. */
export const failWith = (schema: string, { json }: Printed, error: unknown): number => {
  const { exit, code, message } = failureOf(error)
  if (json) printLine(JSON.stringify({ schema, error: { code, message } }))
  printError(json ? JSON.stringify({ level: 'error', event: code, message }) : message)
  return exit
}
