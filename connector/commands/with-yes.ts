import { exits, RunStopped } from '../activation/stop.ts'
import { type Answer, failWith, print } from './document.ts'
import { printError, printLine } from './output.ts'
import { quoted } from './override-command.ts'

export interface YesOptions {
  readonly config: string
  readonly json?: boolean
  readonly yes?: boolean
}

/** What a command that destroys would do, found out without changing anything. */
export interface Proposal {
  readonly document: object
  readonly text: string
  /** The words that do it without a question, after `tidemark`; null where there is nothing to do. */
  readonly words: readonly string[] | null
  /** False where it takes more than a yes, which `words` then say too: nobody is asked. */
  readonly yesIsEnough: boolean
}

export interface Destroying {
  /** Opens everything only to read and closes it again: a person may think for an hour. */
  readonly look: () => Promise<Proposal>
  /** Checks again what `look` has checked. Prints what was done; returns the exit code. */
  readonly act: () => Promise<number>
}

/**
 * The one form of commands that destroy: what it would do, the question, what was done. With `--yes` there is no question,
 * and nothing is looked at for it. Without a terminal, and with `--json`, nobody is asked and nothing changed: exit 0.
 */
export const withYes = async (schema: string, options: YesOptions, { look, act }: Destroying): Promise<number> => {
  if (options.yes) return act()
  try {
    const proposal = await look()
    if (!(await agreed(schema, proposal, options))) return 0
  } catch (error) {
    return failWith(schema, options, error)
  }
  return act()
}

const agreed = async (schema: string, proposal: Proposal, options: YesOptions): Promise<boolean> => {
  const { text, words, yesIsEnough } = proposal
  const command = words === null ? null : commandOf(words, options)
  const document = { ...proposal.document, done: false, do_it_with: command, error: null }
  const answer = (more: string): Answer => ({ document, text: `${text}${more}`, exit: 0 })
  if (command === null) print(schema, options, answer(''))
  else if (options.json || !yesIsEnough || !onTerminal())
    print(schema, options, answer(`\nNothing was changed. Do it with: ${command}`))
  else {
    printLine(text)
    if (await saysYes()) return true
    printError('Nothing was changed.')
  }
  return false
}

const commandOf = (words: readonly string[], { config }: YesOptions): string =>
  ['tidemark', ...words, ...(config === 'tidemark.yml' ? [] : ['--config', quoted(config)])].join(' ')

/** Somebody reads what it would do, sees the question and can answer it. */
const onTerminal = (): boolean => [process.stdin, process.stdout, process.stderr].every(({ isTTY }) => isTTY === true)

/** Whoever only presses return has not said yes. */
const saysYes = async (): Promise<boolean> => {
  const { default: confirm } = await import('@inquirer/confirm')
  return confirm({ message: 'Do it?', default: false }, { output: process.stderr }).catch(() => {
    throw new RunStopped(exits.aborted, 'aborted', 'Ended before the answer came. Nothing was changed.')
  })
}
