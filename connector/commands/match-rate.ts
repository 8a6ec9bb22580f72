interface Size {
  readonly platform_size: number | null
  readonly ledger_members: number | null
}

/** Of the members that were sent; a share beyond 1 is possible, for one member can be several users there. */
export const rateOf = (size: Size): number | null =>
  size.platform_size === null || !size.ledger_members ? null : size.platform_size / size.ledger_members

/** The same as text: `67.5 %`. */
export const percentOf = (size: Size): string | null => {
  const rate = rateOf(size)
  return rate === null ? null : `${(100 * rate).toFixed(1)} %`
}
