import Sequencer from '@jest/test-sequencer'

/**
 * The order of suites: the longest first, so that no worker ends alone with one of them. Jest knows how long they took
 * only where it ran before; by size, the longest of all (model/model, minutes in which it mostly waits) began late.
 */
const longest = [
  'model/model',
  'model/two-runners',
  'destination/runs',
  'model/counterexamples',
  'sql/phone',
  'activation/drain',
  'package',
  'cli/selection',
  'model/consequences',
  'guarantees/guarantees',
]

const rank = ({ path }) => {
  const at = longest.findIndex((name) => path.endsWith(`/test/${name}.test.ts`))
  return at < 0 ? longest.length : at
}

// What a CommonJS module exports by default, however it is loaded.
const Base = Sequencer.default ?? Sequencer

export default class LongestFirst extends Base {
  sort(tests) {
    return [...super.sort(tests)].sort((a, b) => rank(a) - rank(b))
  }
}
