import ora from 'ora'
import type { Progress } from './activation/progress.ts'

const width = 24

/** A spinner with a bar on standard error, for a person who watches. Loaded only where standard error is a terminal. */
export const terminalProgress = (activation: string): Progress => {
  // The runner has its own signal handlers and may read standard input: leave both alone.
  const spinner = ora({ stream: process.stderr, discardStdin: false, hideCursor: false })
  return {
    step: (text) => {
      spinner.start(`${activation}: ${text}`)
    },
    requests: (done, of) => {
      const filled = of === 0 ? width : Math.floor((done / of) * width)
      spinner.text = `${activation}: ${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${done}/${of} requests`
    },
    end: () => {
      spinner.stop()
    },
  }
}
