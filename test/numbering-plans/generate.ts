import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { countryNames } from './country-names.ts'
import { libraryVersion } from './metadata.ts'
import { numberingPlans } from './plans.ts'

/**
 * Writes the files of `sql/phone` that hold what SQL knows of the world's telephone numbers, out of the metadata of
 * libphonenumber, and of what people store for a country.
 */
const folder = join(import.meta.dirname, '..', '..', 'sql', 'phone')

const made = (source: string) => `/**
 * Made by \`npm run numbering-plans\` from ${source}. Not to be edited: a test compares.
 */
`

/** Name of the file -> what has to stand in it. */
export function generatedFiles(): Readonly<Record<string, string>> {
  const plans = numberingPlans()
  const library = `the metadata of libphonenumber-js ${libraryVersion}`
  return {
    'number-heads.ts': `${made(library)}
/**
 * Digits in all, calling code and national number -> how such numbers begin: in a known range, or with the length and the
 * beginning of national numbers though in none (plans change faster than releases). Four digits, of short numbers two
 * national ones.
 */
export const numberHeads: Readonly<Record<number, string>> = {
${Object.entries(plans.heads)
  .map(([length, heads]) => `  ${length}: \`${lines(heads)}\`,\n`)
  .join('')}}

/** Numbers of one repeated digit that begin so and are in no known range: a pattern. */
export const repeatedDigits =
  '${plans.repeatedDigits}'
`,
    'numbering-plans.ts': `${made(library)}
/** Calling code, and the lengths that a national number has behind it: \`33:9\`. */
export const nationalLengths = \`${lines(plans.lengths)}\`

/** What is dialled before a national number at home and never begins one -> calling codes. */
export const trunkPrefixes: Readonly<Record<string, string>> = {
${Object.entries(plans.trunkPrefixes)
  .map(([prefix, codes]) => `  '${prefix}': \`${lines(codes)}\`,\n`)
  .join('')}}

/**
 * The same where it takes more to tell, a rule a line: calling code, pattern of a number behind \`+\` or a prefix and how many
 * characters the whole has (\`0:12,13\`), then what it becomes:
 * a lead, what it has from a character on (1 is the first), and between them so many characters from another on.
 */
export const trunkRules = \`${oneALine(plans.trunkRules.map((rule) => rule.join(' ')))}\`

/** Country, its calling code, and what is dialled there before an international number: a pattern. */
export const countryPlans = \`${lines(plans.countries)}\`

/** National numbers that begin with their own calling code: calling code and pattern. */
export const twoCodeNumbers = \`${oneALine(plans.twoCodes.map((one) => one.join(' ')))}\`

/** Numbers that are written without the one area code of their country: country, pattern, area code. */
export const localNumbers = \`${oneALine(plans.localNumbers.map((local) => local.join(' ')))}\`
`,
    'country-names.ts': `${made('i18n-iso-countries and a list of further spellings')}
/** Country, and what people store for it, in lower case: ISO 3166 alpha-2 and alpha-3, English names. */
export const countryNames = \`${oneALine(countryNames().map(([country, names]) => [country, ...names].join(';')))}\`
`,
  }
}

const oneALine = (rows: readonly string[]) => `\n${rows.join('\n')}\n`

/** Words in lines of at most 118 characters. */
function lines(words: readonly string[]): string {
  const rows: string[] = []
  let row = ''
  for (const word of words) {
    const longer = row === '' ? word : `${row} ${word}`
    if (longer.length > 118) {
      rows.push(row)
      row = word
    } else row = longer
  }
  return oneALine([...rows, row])
}

if (process.argv[1] === import.meta.filename)
  for (const [name, text] of Object.entries(generatedFiles())) {
    writeFileSync(join(folder, name), text)
    process.stdout.write(`${name}: ${text.length} characters\n`)
  }
