import type { ValidationReason } from '../sql/normalise.ts'

/** What a rejection is about. */
export type ReasonKind = 'email' | 'phone' | 'id' | 'digest' | 'value' | 'member' | 'platform'

/** Why a value is not sent: for whoever reads a warning, a guard's message, `plan` or `tidemark.rejections`. */
export interface RejectionReason {
  readonly kind: ReasonKind
  /** What is wrong with the value. */
  readonly meaning: string
  /** The beginning of what to do, in the imperative. */
  readonly wayOut: string
}

const reason = (kind: ReasonKind, meaning: string, wayOut: string): RejectionReason => ({ kind, meaning, wayOut })

const correctNumbers = 'correct the numbers in the source'

/** Reasons that the value alone does not give. */
type RunReason = 'shared_by_many' | 'too_many_identifiers' | 'null_member_key' | 'unsupported_by_platform'

/** All reasons of the validation, in one place, and a reason without a line here does not compile; `docs/identifiers.md` shows them. Words of a platform are in no table. */
const reasons = {
  invalid_email: reason(
    'email',
    'is no e-mail address',
    'look whether the mapped column holds e-mail addresses, one in a value',
  ),
  reserved_domain: reason(
    'email',
    'is at a domain that cannot exist: .invalid, .test, .example, .localhost, a copy for a sandbox',
    'leave test data and copies of a sandbox out of the segment',
  ),
  invisible_character: reason(
    'email',
    'has a character inside that nobody sees (zero width, bidi mark, joiner, filler)',
    'take invisible characters out in the source',
  ),
  compatibility_letter: reason(
    'email',
    'has a letter that only stands for others: a ligature, full width, superscript',
    'write the plain letters in the source (NFKC)',
  ),
  not_nfc: reason(
    'email',
    'has an accent of its own, or a letter that NFC writes otherwise',
    'normalise the text to NFC in the relation',
  ),
  wrong_encoding: reason(
    'email',
    'has letters that come of UTF-8 read in another encoding, or of text that was lost',
    'load the source again as UTF-8',
  ),
  escaped_character: reason(
    'email',
    'has an escape of a URL, of HTML or of a program in it, such as %20',
    'undo the escapes in the relation',
  ),
  stray_character: reason(
    'email',
    "begins or ends with a sign that no mailbox begins with: Excel's apostrophe, =, a quote, a bracket",
    'take the sign off in the relation',
  ),
  unknown_country: reason(
    'phone',
    'is a phone number without a calling code, and no country is known for it',
    'set default_country, or country: { column: … } where the rows name their country',
  ),
  not_a_number: reason(
    'phone',
    'is letters, no digits, or a quantity that a spreadsheet made of a number (3.36E+10, 33644771003.0)',
    'look whether the mapped column holds phone numbers, and whether a spreadsheet wrote it',
  ),
  several_numbers: reason(
    'phone',
    'holds two phone numbers',
    'write one number in a value, and map the other as a column of its own',
  ),
  too_short: reason('phone', 'has fewer digits than any number of its country', correctNumbers),
  too_long: reason('phone', 'has more digits than any number of its country, or than the 15 of E.164', correctNumbers),
  invalid_length: reason('phone', 'has a number of digits that its country does not have', correctNumbers),
  invalid_country_calling_code: reason(
    'phone',
    'begins with a calling code that no country has',
    'look whether a + stands before numbers that have no calling code',
  ),
  withdrawn_number: reason(
    'phone',
    'has a form that its country gave up, so that nobody has it (Brazil without the ninth digit, Vietnam with eleven)',
    'write the numbers in the form of today in the source',
  ),
  invalid_phone: reason(
    'phone',
    'has a length that is possible, but no number of its country begins so',
    'look whether the numbers are of default_country, or say with country: { column: … } of which they are',
  ),
  invalid_device_id: reason(
    'id',
    'is no advertising or device id, or all zeros',
    'look whether the mapped column holds device ids; all zeros means that a person does not want to be tracked',
  ),
  invalid_user_id: reason(
    'id',
    'is no numeric user id of the platform',
    'look whether the mapped column holds user ids, whole and without a fraction',
  ),
  invalid_handle: reason(
    'id',
    'is no handle: 1 to 15 of a-z, 0-9 and _',
    'look whether the mapped column holds handles and no links or names',
  ),
  invalid_sha256: reason(
    'digest',
    'is not 64 hexadecimal digits, as format: sha256 says',
    'set format: auto or clear where the column holds clear values',
  ),
  invalid_sha512: reason(
    'digest',
    'is not 128 hexadecimal digits, as format: sha512 says',
    'set format: auto or clear where the column holds clear values',
  ),
  digest_of_nothing: reason(
    'digest',
    'is the digest of an empty text, of null, of zeros and the like, or one digit over and over',
    'hash only where there is a value, and write NULL elsewhere',
  ),
  digest_as_bytea_text: reason(
    'digest',
    'is a digest as PostgreSQL prints bytes (\\x…)',
    'map the column of bytes, or its text from the third character on',
  ),
  unreadable_digest: reason(
    'digest',
    'is a digest in another form (MD5, SHA-1, base64, 0x…, sha256:…)',
    'write SHA-256 in 64 hexadecimal digits, or map the clear values',
  ),
  device_id_of_nobody: reason(
    'id',
    'is one digit over and over: what a device shows whose owner wants no tracking',
    'write NULL where there is no id',
  ),
  user_id_of_nobody: reason('id', 'is 0', 'write NULL where there is no id'),
  handle_of_nobody: reason(
    'id',
    'is a word that programs write where there is none, such as null',
    'write NULL where there is no handle',
  ),
  made_up_number: reason(
    'phone',
    'is made up: one digit over and over, or 123-456-7890',
    'write NULL where nothing is known',
  ),
  shared_by_many: reason(
    'value',
    'is that of more than 20 members: a placeholder, or the address of an office',
    'write NULL where nothing is known; who really shares it cannot be told apart',
  ),
  too_many_identifiers: reason(
    'member',
    'more than 100 identifiers on one member',
    'look whether member_key names one person',
  ),
  null_member_key: reason('member', 'rows without a member key', 'give every row a member key'),
  unsupported_by_platform: reason(
    'platform',
    'has an identifier type that the platform does not take',
    'map a column of clear values or of SHA-256 digests',
  ),
} satisfies Readonly<Record<ValidationReason | RunReason, RejectionReason>>
export const rejectionReasons: Readonly<Record<string, RejectionReason>> = reasons

/** One that is in no table, such as the words of a platform, has the same form. */
export const rejectionReason = (name: string): RejectionReason =>
  Object.hasOwn(rejectionReasons, name) && rejectionReasons[name] !== undefined
    ? rejectionReasons[name]
    : reason('platform', 'is refused for the reason it names', 'see tidemark.current_rejections')
