import { type Command, InvalidArgumentError } from 'commander'

/** The arguments of commands, and longer parts of their help; of the program it loads commander only. */

export const seconds = (text: string): number => {
  const value = Number(text)
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('a number of seconds above 0 is needed.')
  return value
}
export const port = (text: string): number => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0 || value > 65535)
    throw new InvalidArgumentError('a port from 0 to 65535 is needed.')
  return value
}

export const count = (text: string): number => {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('a whole number from 1 is needed.')
  return value
}

const several = (value: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), value]

/** How every command that is about activations lets them be chosen. `otherwise`: what it takes where nothing is said. */
export const choosing = (command: Command, otherwise = ''): Command =>
  command
    .argument('[activation...]', `activations by name, as <segment>.<destination>${otherwise}`)
    .option('--all', 'every activation of the configuration')
    .option('--segment <name>', 'the activations of a segment; may be repeated', several)
    .option('--destination <name>', 'the activations on a destination; may be repeated', several)

export const compileHelp = `
It opens no warehouse, calls nobody, and follows no connection: the file names connections, and holds no secret. Credentials
need not be in the environment; other variables that the configuration names do, and what they say is in the file.
Exit codes: 0 written, or already so · 1 not so, with --check · 64 usage · 78 configuration, or the file cannot be written`

export const doctorHelp = `
It changes nothing, and asks each platform one or two things that may be asked often.
Exit codes: 0 fine, also with warnings · 75 try again · 76 answer not understood · 77 permission · 78 configuration · 64 usage`
