/** What a server says of itself. */
export interface Server {
  readonly version: string
  readonly number: string
  readonly encoding: string
  readonly strings: string
  readonly icu: string
}

export const askServer = `select current_setting('server_version') as version, current_setting('server_version_num') as number,
  current_setting('server_encoding') as encoding, current_setting('standard_conforming_strings') as strings,
  (exists (select 1 from pg_collation where collname = 'und-x-icu'))::text as icu`

/** Ends of a sentence about a server: in what it is too old, or writes or compares texts otherwise than SQL of ours expects. */
export const lacksOf = (server: Server | undefined): readonly string[] => [
  ...(Number(server?.number) >= 150_000 ? [] : [`is version ${server?.version}; 15 or newer is needed (it has MERGE)`]),
  ...(server?.encoding === 'UTF8' ? [] : [`keeps texts as ${server?.encoding}; UTF8 is needed`]),
  ...(server?.strings === 'on' ? [] : ['has standard_conforming_strings off; it must be on for this user']),
  ...(server?.icu === 'true' ? [] : ['was built without ICU, by which letters are made lower case']),
]
