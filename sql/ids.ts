import { type RawBuilder, sql } from 'kysely'
import type { Dialect } from './dialect/dialect.ts'
import { handlesOfNobody } from './nobody.ts'
import type { Rule } from './rule.ts'

/** Why a device id, a user id or a handle is refused. */
export const idReasons = [
  'invalid_device_id',
  'device_id_of_nobody',
  'invalid_user_id',
  'user_id_of_nobody',
  'invalid_handle',
  'handle_of_nobody',
] as const

const uuid = (digit: string) => `${digit}{8}-${digit}{4}-${digit}{4}-${digit}{4}-${digit}{12}`
const lowerUuid = `^${uuid('[0-9a-f]')}$`
const anyUuid = uuid('[0-9a-fA-F]')
const androidId = '[0-9a-fA-F]{16}'

/** Of a text that is nothing else than hex digits and dashes, in lower case. */
const isOneDigit = (text: RawBuilder<unknown>) =>
  sql`replace(replace(${text}, substr(${text}, 1, 1), ''), '-', '') = ''`

const ids = (dialect: Dialect, pattern: string): Rule => ({
  isClean: (text) => sql`${dialect.matches(text, lowerUuid)} and not ${isOneDigit(text)}`,
  judge: (text) => {
    const lower = dialect.lowerAscii(text)
    return [
      {
        when: sql`${dialect.matches(text, '^[0-9a-fA-F][0-9a-fA-F-]{15,35}$')} and ${isOneDigit(lower)}`,
        reason: 'device_id_of_nobody',
      },
      { when: dialect.matches(text, `^(${pattern})$`), text: lower },
      { when: sql`1 = 1`, reason: 'invalid_device_id' },
    ]
  },
})

/** X Ads reference 1.5: IDFA and AdID lower case with dashes, Android id 16 hex digits lower case. */
export const deviceId = (dialect: Dialect): Rule => ids(dialect, `${anyUuid}|${androidId}`)

/** TikTok reference 2.5: trim, lower case; IDFA or AAID, so a UUID. */
export const mobileAdId = (dialect: Dialect): Rule => ids(dialect, anyUuid)

/** X Ads reference 1.5: a decimal integer as text, 1 to 2^63 - 1, without leading zeros. */
export const xUserId = (dialect: Dialect): Rule => ({
  isClean: (text) => dialect.matches(text, '^[1-9][0-9]{0,17}$'),
  judge: (text) => [
    {
      when: sql`${dialect.matches(text, '^[1-9][0-9]{0,18}$')} and (length(${text}) < 19 or ${text} <= '9223372036854775807')`,
      text,
    },
    { when: dialect.matches(text, '^0+$'), reason: 'user_id_of_nobody' },
    { when: sql`1 = 1`, reason: 'invalid_user_id' },
  ],
})

/** X Ads reference 1.5: one leading `@` stripped, lower case; 1 to 15 of `a-z 0-9 _`. */
export const handle = (dialect: Dialect): Rule => {
  const isNobody = (text: RawBuilder<unknown>) => dialect.isOneOf(dialect.lowerAscii(text), handlesOfNobody)
  return {
    isClean: (text) => sql`${dialect.matches(text, '^[a-zA-Z0-9_]{1,15}$')} and not ${isNobody(text)}`,
    finish: (text) => dialect.lowerAscii(text),
    judge: (text) => {
      const name = sql`case when ${text} like '@%' then substr(${text}, 2) else ${text} end`
      const isHandle = dialect.matches(text, '^@?[a-zA-Z0-9_]{1,15}$')
      return [
        { when: sql`${isHandle} and ${isNobody(name)}`, reason: 'handle_of_nobody' },
        { when: isHandle, text: dialect.lowerAscii(name) },
        { when: sql`1 = 1`, reason: 'invalid_handle' },
      ]
    },
  }
}
