import { createHash } from 'node:crypto'
import { words } from '../warehouse/under-test.ts'

/** Six people as nobody but the platform knows them: two e-mail addresses and two phone numbers each. */
export const people = [0, 1, 2, 3, 4, 5] as const
export type Person = (typeof people)[number]
/** A crowd whose members have a number each, and one address that is nobody's. */
export const crowd = [...'ABCDEFGHIJKLMNOPQRSTUVWXY'] as const
/** An identifier among those of its person. `d1`: what a carelessly written `p1` is to somebody who reads it in Germany. */
export type Own = 'e0' | 'e1' | 'p0' | 'p1' | 'd1'
/** `P3.e1`; of the crowd `PC.p0`. */
export type Identifier = `P${string}.${Own}`
/** The address of the crowd. */
export const nobody: Identifier = 'P_.e0'
/** An identifier that more members want is nobody's (design section 3, step 5). */
export const mostHolders = 20

/** What a member of the segment wants, and how it happens to be written down. */
export interface Member {
  readonly identifiers: readonly Identifier[]
  /** In capitals, with blanks, `p1` without its country: another fingerprint, mostly the same digests. */
  readonly untidy?: boolean
}
export type Segment = ReadonlyMap<string, Member>

/** How the columns of the segment are mapped. */
export interface Mapping {
  /** `moved`: another column with the same addresses. */
  readonly emails: 'mapped' | 'moved' | 'unmapped'
  readonly country: 'FR' | 'DE'
}
export const usual: Mapping = { emails: 'mapped', country: 'FR' }
export type Platform = 'x_ads' | 'tiktok_ads'
/** What stands in the table: clear text is the real thing, digests are ten times faster. */
export type Writing = 'clear' | 'sha256'

export const personOf = (identifier: Identifier): string => identifier.slice(0, 2)
const isEmail = (identifier: Identifier): boolean => identifier[3] === 'e'

const national = (identifier: Identifier): string => {
  const [, person = '', , , own = ''] = identifier
  const place = crowd.indexOf(person)
  return place < 0 ? `61234${person}${own}55` : `6199${String(place).padStart(2, '0')}${own}55`
}
const isGerman = (identifier: Identifier): boolean => identifier[3] === 'd'
const clear = (identifier: Identifier): string =>
  isEmail(identifier)
    ? `${identifier.toLowerCase()}@example.com`
    : `${isGerman(identifier) ? '+49' : '+33'}${national(identifier)}`
/** `p0` keeps its country: it is the link between the keys of one person. */
const untidy = (identifier: Identifier): string => {
  if (isEmail(identifier)) return `  ${identifier}@Example.COM `
  return identifier.endsWith('p0') ? ` +33 ${national(identifier)} ` : `0${national(identifier)}`
}

export const digestOf = (identifier: Identifier): string => createHash('sha256').update(clear(identifier)).digest('hex')

const written = (identifier: Identifier, writing: Writing, untidily: boolean): string => {
  if (writing === 'clear') return untidily ? untidy(identifier) : clear(identifier)
  return untidily ? ` ${digestOf(identifier).toUpperCase()}` : digestOf(identifier)
}

const typeNames = { x_ads: ['email', 'phone_number'], tiktok_ads: ['EMAIL_SHA256', 'PHONE_SHA256'] } as const
/** As simulator and ledger name it: `email 4798…`. */
export const sentAs = (platform: Platform, identifier: Identifier): string =>
  `${typeNames[platform][isEmail(identifier) ? 0 : 1]} ${digestOf(identifier)}`

const owns: readonly Own[] = ['e0', 'e1', 'p0', 'p1', 'd1']
/** Every identifier of everybody. */
export const everything = [
  ...people.flatMap((person) => owns.map((own): Identifier => `P${person}.${own}`)),
  ...crowd.map((person): Identifier => `P${person}.p0`),
  nobody,
]
/** The hidden map. */
export const directory = everything.map((identifier) => [digestOf(identifier), personOf(identifier)] as const)
const byDigest = new Map(everything.map((identifier) => [digestOf(identifier), identifier]))
/** Texts in which digests stand, with names for them: `email P3.e1`. */
export const named = (text: string): string => text.replace(/[0-9a-f]{64}/g, (digest) => byDigest.get(digest) ?? digest)

/** Who wants what in this segment. */
export const wantedOf = (segment: Segment, { emails, country }: Mapping, writing: Writing) => {
  const read = (identifier: Identifier, { untidy: untidily = false }: Member): Identifier =>
    untidily && writing === 'clear' && country === 'DE' ? (identifier.replace('p1', 'd1') as Identifier) : identifier
  const pairs = [...segment].flatMap(([key, member]) =>
    member.identifiers
      .filter((identifier) => emails !== 'unmapped' || !isEmail(identifier))
      .map((identifier) => [key, read(identifier, member)] as const),
  )
  return { pairs }
}

export const createSegment = `create table people (member varchar, email varchar, phone varchar, address varchar ${words.computed('email')})`

/** The statements that make the table hold this segment: a member has as many rows as e-mails or phones. */
export const writeSegment = (segment: Segment, writing: Writing): readonly string[] => {
  const rows = [...segment].flatMap(([key, { identifiers, untidy: untidily = false }]) => {
    const emails = identifiers.filter(isEmail)
    const phones = identifiers.filter((i) => !isEmail(i))
    const value = (identifier: Identifier | undefined): string =>
      identifier === undefined ? 'null' : `'${written(identifier, writing, untidily)}'`
    return Array.from(
      { length: Math.max(emails.length, phones.length) },
      (_, n) => `('${key}', ${value(emails[n])}, ${value(phones[n])})`,
    )
  })
  return ['delete from people', ...(rows.length === 0 ? [] : [`insert into people values ${rows.join(', ')}`])]
}
