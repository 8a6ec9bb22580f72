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

/** All reasons of the validation, in one place; `docs/identifiers.md` shows them. Words of a platform are in no table. */
export const rejectionReasons: Readonly<Record<string, RejectionReason>> = {
  invalid_email: reason(
    'email',
    'is no e-mail address',
    'look whether the mapped column holds e-mail addresses, one in a value',
  ),
  reserved_domain: reason(
    'email',
    'has a domain that cannot exist (.invalid, .test, .example, .localhost)',
    'leave test data and copies of a sandbox out of the segment',
  ),
  invisible_character: reason(
    'email',
    'has a character in it that nobody sees',
    'take invisible characters out in the source',
  ),
  compatibility_character: reason(
    'email',
    'has a letter that only looks like others (ﬁ, ﬀ, full-width letters)',
    'write the plain letters in the source (NFKC)',
  ),
  unknown_country: reason(
    'phone',
    'is a phone number without a calling code, and no country is known for it',
    'set default_country, or country: { column: … } where the rows name their country',
  ),
  not_a_number: reason('phone', 'is no phone number', 'look whether the mapped column holds phone numbers'),
  too_short: reason('phone', 'has fewer digits than any number of its country', correctNumbers),
  too_long: reason('phone', 'has more digits than any number of its country', correctNumbers),
  invalid_length: reason('phone', 'has a number of digits that its country does not have', correctNumbers),
  invalid_country_calling_code: reason(
    'phone',
    'begins with a calling code that no country has',
    'look whether a + stands before numbers that have no calling code',
  ),
  several_numbers: reason('phone', 'holds two phone numbers', 'write one number in a value'),
  invalid_phone: reason(
    'phone',
    'is no phone number that can be told for certain',
    'look whether the mapped column holds phone numbers, with + and calling code or of default_country',
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
  placeholder: reason('value', 'stands for nobody', 'write NULL where nothing is known'),
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
}

/** One that is in no table, such as the words of a platform, has the same form. */
export const rejectionReason = (name: string): RejectionReason =>
  Object.hasOwn(rejectionReasons, name) && rejectionReasons[name] !== undefined
    ? rejectionReasons[name]
    : reason('platform', 'is refused for the reason it names', 'see tidemark.current_rejections')
