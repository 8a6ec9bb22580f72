import ora from 'ora'
import type { Progress } from './activation/progress.ts'
import type { ActivationResult, ActivationSummary } from './activation/summary.ts'
import { hasColours, paint } from './paint.ts'
import { counted } from './plural.ts'
import { oneLine } from './printable.ts'

const width = 24

/**
 * On standard error, for a person who watches: a line for each activation that works, with a bar while it sends, and one
 * that stays when it has ended. Where lines cannot be written over (TERM=dumb, CI, a terminal without a width) only those that stay. Loaded only on a
 * terminal.
 */
export const onTerminal = (activations: readonly string[]) => {
  const stream = process.stderr
  // The runner has its own signal handlers and may read standard input: leave both alone.
  const options = { stream, discardStdin: false, hideCursor: false, color: hasColours(stream) && 'cyan' } as const
  // Of a terminal that does not say how wide it is (`script`, some containers) ora took lines back without end: 1.5 GB.
  const spinner = ora(stream.columns > 0 ? options : { ...options, isEnabled: false })
  const working = new Map<string, string>()
  const show = (): void => {
    spinner.text = activations
      .flatMap((name) => (working.has(name) ? [`${place(activations, name)} ${name} ${working.get(name)}`] : []))
      .join('\n  ')
    if (working.size === 0) spinner.stop()
    else if (spinner.isEnabled) spinner.start()
  }
  const says = (name: string, text: string): void => {
    working.set(name, text)
    show()
  }
  return {
    begin: (activation: string): Progress => ({
      step: (text) => says(activation, text),
      requests: (done, of) => says(activation, `${bar(done, of)} ${done} of ${counted(of, 'request')}`),
      end: () => {
        working.delete(activation)
        show()
      },
    }),
    ended: (result: ActivationResult): void => {
      // The spinner makes room for what others write.
      stream.write(`${place(activations, result.summary.activation)} ${endOf(result)}\n`)
    },
    close: (): void => {
      working.clear()
      show()
    },
  }
}

/** `2 of 4` */
const place = (activations: readonly string[], name: string): string =>
  `${activations.indexOf(name) + 1} of ${activations.length}`

const bar = (done: number, of: number): string => {
  const filled = of === 0 ? width : Math.floor((Math.min(done, of) / of) * width)
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)}`
}

/** `✓ high_value.tiktok +498 −0 · 1.8 s` */
const endOf = ({ summary, unchanged }: ActivationResult): string => {
  const { activation, error, duration_ms } = summary
  const mark = error === null ? paint('green', '✓', process.stderr) : paint('red', '✗', process.stderr)
  const parts = [
    unchanged ? `${activation} in step` : `${activation} ${movement(summary)}`,
    ...rejections(summary),
    `${(duration_ms / 1000).toFixed(1)} s`,
  ]
  const line = `${mark} ${parts.join(' · ')}`
  return error === null ? line : `${line}\n  ${paint('red', error.code, process.stderr)}: ${oneLine(error.message)}`
}

const movement = ({ members_added, members_removed }: ActivationSummary): string =>
  `+${members_added} −${members_removed}`

const rejections = ({ identifiers_rejected }: ActivationSummary): readonly string[] =>
  identifiers_rejected === 0 ? [] : [`${counted(identifiers_rejected, 'identifier')} rejected`]
