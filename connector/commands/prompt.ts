import { createInterface } from 'node:readline/promises'
import { exits, RunStopped } from '../activation/stop.ts'
import { UsageError } from '../config/load.ts'

/** Asks for a secret; what is typed does not show. */
export interface Prompt {
  /** The answer, without blanks around it. Throws where there is none, or none that could be a secret. */
  secret(what: string): Promise<string>
  close(): void
}

/** A terminal is asked on standard error; where standard input is none, each answer is one line of it. */
export const openPrompt = (): Prompt => {
  if (process.stdin.isTTY === true)
    return { secret: async (what) => checked(await typed(what), what), close: () => undefined }
  const lines = createInterface({ input: process.stdin })
  const iterator = lines[Symbol.asyncIterator]()
  return {
    secret: async (what) => {
      const { value, done } = await iterator.next()
      if (done === true) throw new UsageError(`Standard input ended before ${what} came.`)
      return checked(value, what)
    },
    close: () => lines.close(),
  }
}

const typed = async (what: string): Promise<string> => {
  const { default: password } = await import('@inquirer/password')
  return password({ message: `${what}:` }, { output: process.stderr }).catch(() => {
    throw new RunStopped(exits.aborted, 'aborted', 'Ended before anything was exchanged.')
  })
}

const checked = (text: string, what: string): string => {
  const answer = text.trim()
  if (/^[\x21-\x7e]{1,4000}$/.test(answer)) return answer
  throw new UsageError(`${what} must be visible ASCII characters without blanks, and not empty.`)
}
