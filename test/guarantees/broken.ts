import { SourceCopy } from '../mutation/copy.ts'
import { breaks } from './breaks.ts'

/**
 * Breaks each guarantee in a copy of the source and demands that the test of its name fails: `npm run guarantees`. Exit 1
 * where one can be broken without a word.
 */
const copy = new SourceCopy()
let noticed = 0
try {
  for (const { guarantee, does, test, ...piece } of breaks) {
    const { failed } = await copy.with([piece], () => copy.test(test.file, `^guarantee ${test.name}$`))
    const isNoticed = failed.some(({ name }) => name === `guarantee ${test.name}`)
    if (isNoticed) noticed += 1
    console.log(`${guarantee}. ${does}: ${isNoticed ? 'fails' : 'SURVIVES'} ${test.name}`)
  }
} finally {
  copy.remove()
}
console.log(`${noticed} of ${breaks.length} guarantees are missed when they are broken`)
process.exitCode = noticed === breaks.length ? 0 : 1
