/** What a terminal or a reader of logs would act on: control characters, C1 too, and those that turn text around. */
const acting = /[\p{Cc}\p{Bidi_C}\u2028\u2029]/gu
const asEscape = (character: string): string => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`

/** One line, with nothing in it that acts: such characters become `\u001b`. Within JSON it stays the same JSON. */
export const oneLine = (text: string): string => text.replace(acting, asEscape)

/** The same for a text of several lines, which stay. */
export const lines = (text: string): string =>
  text.replace(acting, (character) => (/[\n\t]/.test(character) ? character : asEscape(character)))
