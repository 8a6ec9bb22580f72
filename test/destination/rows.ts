import type { RowLayout } from '../../connector/destination/destination.ts'

/** The layout as the contract describes it, written down once more. */
export function rowText({ row, types, value }: RowLayout, member: Readonly<Record<string, readonly string[]>>): string {
  const inner = Object.entries(member).map(([type, digests]) => {
    const fence = types[type]
    if (fence === undefined) throw new Error(`no layout for ${type}`)
    return fence.open + digests.map((digest) => value.open + digest + value.close).join(',') + fence.close
  })
  return row.open + inner.join(',') + row.close
}
