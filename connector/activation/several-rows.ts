import type { Activation } from '../config/activation.ts'
import { quote } from '../config/problems.ts'

/** What is said once of members with several rows: they are allowed, and often not meant. Empty where there are none. */
export const severalRowsText = ({ segment }: Pick<Activation, 'segment'>, members: number): readonly string[] => {
  if (members === 0) return []
  const key = quote(segment.memberKey.column)
  const [names, person] = members === 1 ? ['1 member', 'it counts'] : [`${members} members`, 'each counts']
  return [
    `segment ${segment.name} has several rows of ${names} (of those that changed): ${person} as one person with what all its rows say; where that is not meant, count the rows by the member key (group by ${key} having count(*) > 1) and keep one, or choose another member_key`,
  ]
}
