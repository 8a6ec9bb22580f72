/** How one activation ended (design section 6). */
export type Status = 'succeeded' | 'partial' | 'failed' | 'guarded' | 'aborted'

/** Exit codes of an activation that did not succeed, by who has to act: sysexits(3) where there is one. */
export const exits = {
  guarded: 65,
  bug: 70,
  tryAgain: 75,
  notUnderstood: 76,
  permission: 77,
  configuration: 78,
  aborted: 143,
} as const
export type Exit = (typeof exits)[keyof typeof exits]

/** The run of an activation cannot go on. Its message is for a person: what is wrong and what to do; no secret, no identifier. */
export class RunStopped extends Error {
  readonly status: Status
  readonly exit: Exit
  /** A stable word for programs. */
  readonly code: string

  constructor(exit: Exit, code: string, message: string, status: Status = statusOf(exit)) {
    super(message)
    this.name = 'RunStopped'
    this.exit = exit
    this.code = code
    this.status = status
  }
}

const statusOf = (exit: Exit): Status => {
  if (exit === exits.guarded) return 'guarded'
  return exit === exits.aborted ? 'aborted' : 'failed'
}
