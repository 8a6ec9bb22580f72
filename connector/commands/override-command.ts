/** What of a run belongs to the command that repeats it. */
export interface Repeated {
  readonly file: string
  readonly full: boolean
  readonly retryRefused: boolean
  readonly runKey: string
}

/** A run that was given no key of its own has one of this kind. */
export const ownRunKey = 'manual/'

/** The whole command that runs an activation again and lets it pass its guards. */
export const overrideCommand = (activation: string, { file, full, retryRefused, runKey }: Repeated): string =>
  [
    'tidemark',
    'run',
    activation,
    '--override-guards',
    ...(full ? ['--full'] : []),
    ...(retryRefused ? ['--retry-refused'] : []),
    ...(runKey.startsWith(ownRunKey) ? [] : [`--run-key=${quoted(runKey)}`]),
    '--config',
    quoted(file),
  ].join(' ')

/** For a shell of POSIX. */
export const quoted = (text: string): string =>
  /^[\w./:+=@%,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
