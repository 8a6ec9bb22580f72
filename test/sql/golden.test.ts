import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { publicColumns } from '../../sql/shared.ts'
import { catalogueOf } from './catalogue.ts'
import { allDialects, goldenFile, goldenText } from './golden.ts'

const sqlFolder = join(import.meta.dirname, '..', '..', 'sql')
/** Builders of pieces: they stand within statements of the catalogue. */
const pieces = new Set(
  `arrivalDelta arrivalMembers arrivalUnits demoteArrivals renewalAgeDays renewArrived findDueBefore findDueChanges mergeDue fingerprintOf
  standingChange insertArrived findLedgerChanges mergeIdentifiers findMemberChanges mergeMembers insertArrivedMembers claimSettle
  resolved resolvedTrouble resolve arrived countArrivedIdentifiers countArrived endQuarantine insertQuarantine refusedUntil sharedUntil
  waitingAdds knownPlaceholders addsDue clearRejections
  insertRejections readRows fillRunTable columnNames createRunView segmentRows addColumn columnList createTable batchRows inSpan partOf
  laneOf lanes unitOf cellBytes blankRowBytes fenceBytes digestBytes createScope createScratch dropScratch text integer rowsAtHand
  unionAll noFingerprint normalise normalisedRows email deviceId mobileAdId xUserId handle isDigest isOfNothing misread bared invisible letters
  compatibility whitespace isOurs dropObject dropSchema`.split(/\s+/),
)

test('the catalogue has every statement there is', () => {
  const catalogue = readFileSync(join(import.meta.dirname, 'catalogue.ts'), 'utf8')
  const missing = readdirSync(sqlFolder)
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [
      ...readFileSync(join(sqlFolder, file), 'utf8').matchAll(
        /^export (?:const|function) (\w+) ?(?:=$|= (?:\(|<)|\()/gm,
      ),
    ])
    .map(([, name = '']) => name)
    .filter((name) => !pieces.has(name) && !new RegExp(`\\.${name}\\(`).test(catalogue))
  expect(missing).toEqual([])
})

describe.each(Object.entries(allDialects))('%s', (name, dialect) => {
  // With one kind of quotes around names, in lower case, and without an order that is none.
  const statements = Object.values(catalogueOf(dialect)).flatMap((all) =>
    all.map((s) => dialect.compile(s).sql.toLowerCase().replaceAll('`', '"').replaceAll('(order by null)', '()')),
  )

  test('is written as it was reviewed (node test/sql/golden.ts writes it anew)', () => {
    expect(goldenText(dialect)).toBe(readFileSync(goldenFile(name), 'utf8'))
  })

  // Each is planned anew, and a warehouse reads so much at most of it: 200 kB, with seven columns of all rules.
  test('no statement is too long', () => {
    expect(Math.max(...statements.map(({ length }) => length))).toBeLessThan(200_000)
  })

  test('into tables that activations share it only inserts', () => {
    const tables = [
      ...Object.keys(publicColumns).map((table) => `"tidemark"."${table}"`),
      '"tidemark_state"."schema_version"',
    ]
    const changes = statements.filter((text) =>
      tables.some((table) =>
        new RegExp(
          `^(update|delete from|merge into|truncate|drop table)[^(]*${table.replaceAll('.', '\\.')}`,
          'i',
        ).test(text),
      ),
    )
    expect(changes).toEqual([])
    for (const table of tables) expect(statements.some((text) => text.startsWith(`insert into ${table}`))).toBe(true)
  })

  test('changes each ledger by one MERGE in a settle', () => {
    const merges = statements.flatMap(
      (text) => /^merge into "tidemark_state"\."(\w+)_people-tiktok"/.exec(text)?.[1] ?? [],
    )
    expect(merges.sort()).toEqual(['due', 'ledger_identifiers', 'ledger_members'])
  })

  test('numbers and adds up within parts, never over one global sort', () => {
    // Pieces of batches are few: one or two for each thousand members.
    const ofPieces = 'dense_rank() over (order by lane, cut) as batch_no, * from pieces'
    expect(statements.filter((text) => /over \(order by/.test(text.replace(ofPieces, '')))).toEqual([])
  })
})
