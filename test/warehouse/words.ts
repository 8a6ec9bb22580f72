import type { Words } from './kind.ts'

export const wordsOfDuckdb: Words = {
  scratch: 'temp table',
  hex: (bytes) => `lower(hex(${bytes}))`,
  bytes: (hex) => `unhex('${hex}')`,
  sha256: (text) => `sha256(${text})`,
  text: (hex) => `decode(unhex(${hex}))`,
  holdsNul: true,
  computed: (expression) => `as (${expression})`,
  numbers: (upTo) => `range(${upTo})`,
  fingerprint: (n) => `${n}::uhugeint`,
  types: { text: 'varchar', bytes: 'blob', fingerprint: 'uhugeint' },
  printed: (n) => String(n),
  // It reads them from the last to the first.
  md5: (bytes) => String(BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)),
  blind: 'nocase.noaccent',
  makeBlind: [],
  defaultZone: () => [],
}

/** As DuckDB prints bytes. */
const printedBytes = (bytes: Buffer): string =>
  [...bytes]
    .map((byte) =>
      byte >= 32 && byte < 127 && byte !== 92
        ? String.fromCharCode(byte)
        : `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('')
const sixteenBytes = (n: number | bigint): string => n.toString(16).padStart(32, '0')

/** Over DuckDB, with fingerprints that are bytes. */
export const wordsOfStandIn: Words = {
  ...wordsOfDuckdb,
  scratch: 'table',
  // What both DuckDB and GoogleSQL know.
  hex: (bytes) => `to_hex(${bytes})`,
  bytes: (hex) => `from_hex('${hex}')`,
  text: (hex) => `safe_convert_bytes_to_string(from_hex(${hex}))`,
  fingerprint: (n) => `unhex('${sixteenBytes(n)}')`,
  types: { text: 'varchar', bytes: 'blob', fingerprint: 'blob' },
  printed: (n) => printedBytes(Buffer.from(sixteenBytes(n), 'hex')),
  md5: printedBytes,
}
