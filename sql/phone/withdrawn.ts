/**
 * Forms of numbers that were withdrawn, by hand: libphonenumber forgets them, or takes them for possible since the length
 * is one of today's.
 */

/** Former trunk prefixes whose number is the same without: rules as libphonenumber has them. */
export const formerTrunkRules = [
  // Mexico, until 2019: 01 before another area, 044 and 045 before a mobile, and 1 behind +52 (IFT, "Marcación nacional").
  { plusCode: '+52', pattern: '^[+]521[2-9][0-9]{9}$', lead: '+52', from: 5 },
  { plusCode: '+52', pattern: '^[+]5201[2-9][0-9]{9}$', lead: '+52', from: 6 },
  { plusCode: '+52', pattern: '^[+]5204[45][2-9][0-9]{9}$', lead: '+52', from: 7 },
] as const

/** Numbers that nobody has, though they begin as numbers do and are as long: starts, and a pattern of the whole. */
export const withdrawnNumbers = [
  // Brazil: mobiles without the ninth digit, until 2016 (Anatel, resolution 553).
  { starts: ['+55'], pattern: '55[1-9][1-9][689][0-9]{7}' },
  // Vietnam: mobiles of eleven digits at home, until 2018.
  { starts: ['+841'], pattern: '841(2[0-9]|6[2-9]|8[68]|99)[0-9]{7}' },
  // Germany, Indonesia: the calling code twice and a mobile number. As a fixed line it is longer than any there is.
  { starts: ['+49491'], pattern: '49491[567][0-9]{8,9}' },
  { starts: ['+62628'], pattern: '62628[1235-9][0-9]{7}' },
] as const
