import {
  type CountryCode,
  ParseError,
  parsePhoneNumberWithError,
  validatePhoneNumberLength,
} from 'libphonenumber-js/max'

/** What libphonenumber, with its full metadata, makes of a text. */
export type Reference =
  | { readonly is: 'valid' | 'possible'; readonly number: string }
  | { readonly is: 'impossible'; readonly reason: string }

const reasons: Readonly<Record<string, string>> = {
  NOT_A_NUMBER: 'not_a_number',
  INVALID_COUNTRY: 'invalid_country_calling_code',
  TOO_SHORT: 'too_short',
  TOO_LONG: 'too_long',
  INVALID_LENGTH: 'invalid_length',
}

/** Blanks and characters nobody sees that the library does not know: a number is the same with them and without. */
const unseen = /[\t\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\ufeff]/gu

/**
 * As it parses by default, so that what stands before and behind a number is passed over. It drops a full-width plus and reads
 * the calling code as national digits: it gets an ASCII one.
 */
export function referenceOf(value: string, country: CountryCode | undefined): Reference {
  const seen = value.replaceAll(unseen, '').replaceAll('\uff0b', '+')
  try {
    const parsed = parsePhoneNumberWithError(seen, country ? { defaultCountry: country } : {})
    if (parsed.isValid()) return { is: 'valid', number: parsed.number }
    if (parsed.isPossible()) return { is: 'possible', number: parsed.number }
    const length = validatePhoneNumberLength(parsed.number) ?? 'INVALID_LENGTH'
    return { is: 'impossible', reason: reasons[length] ?? length }
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
    const reason = reasons[error.message] ?? error.message
    return {
      is: 'impossible',
      reason: reason === 'invalid_country_calling_code' && !country ? 'unknown_country' : reason,
    }
  }
}
