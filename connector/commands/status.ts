import type { Configuration } from '../config/activation.ts'
import { loadConfiguration } from '../config/load.ts'
import { counted } from '../plural.ts'
import { openWarehouse } from '../warehouse/registry.ts'
import { answerWith } from './document.ts'
import { percentOf } from './match-rate.ts'
import { checkSelection, isNarrowed, type SelectionOptions, selected } from './selection.ts'
import { type ActivationStatus, type Orphan, orphansOf, statusOf } from './status-document.ts'
import { movement, renderTable, withoutEmpty } from './table.ts'

export interface StatusOptions extends SelectionOptions {
  readonly config: string
  readonly json?: boolean
}

/** `tidemark status`: per activation what runs, what ran, what is in the ledger, and what happens next. Changes nothing. */
export const status = async (names: readonly string[], options: StatusOptions): Promise<number> => {
  checkSelection(names, options)
  return answerWith('tidemark.status/1', options, async () => {
    const configuration = await loadConfiguration(options.config, process.env, { credentials: 'may_be_missing' })
    const warehouse = await openWarehouse(configuration.warehouse, { readOnly: true })
    try {
      const chosen = chosenOf(configuration, await orphansOf(configuration, warehouse), names, options)
      const activations: ActivationStatus[] = []
      for (const activation of chosen.activations)
        activations.push(await statusOf(configuration, warehouse, activation))
      return {
        document: { activations, orphans: chosen.orphans },
        text: [...activations.map(textOf), ...chosen.orphans.map(orphanText)].join('\n\n'),
        exit: 0,
      }
    } finally {
      await warehouse.close()
    }
  })
}

/** A name may also be that of an activation that has left the file. */
const chosenOf = (
  configuration: Configuration,
  orphans: readonly Orphan[],
  names: readonly string[],
  options: SelectionOptions,
) => {
  if (!isNarrowed(names, options)) return { activations: configuration.activations, orphans }
  const gone = orphans.filter(({ activation }) => names.includes(activation))
  const inFile = names.filter((name) => gone.every(({ activation }) => activation !== name))
  const onlyGone = gone.length > 0 && inFile.length === 0
  return { activations: onlyGone ? [] : selected(configuration, inFile, options), orphans: gone }
}

const textOf = (a: ActivationStatus): string => {
  const audience = a.audience.id === null ? 'no audience yet' : `audience "${a.audience.name}" (${a.audience.id})`
  const lines = [`${a.activation}: ${audience} in account ${a.account_id} of ${a.destination}`]
  if (a.running) lines.push(`  ${a.running.alive ? 'Runs now' : 'Died'}: run ${a.running.run_id}`)
  if (a.ledger) {
    const { members, confirmed, unconfirmed, kept, quarantined } = a.ledger
    const more = Object.entries({ unconfirmed, kept, 'in quarantine': quarantined }).flatMap(([what, n]) =>
      n > 0 ? [`${n} ${what}`] : [],
    )
    const ofSegment =
      a.segment_members === null ? '' : ` (segment: ${a.segment_members}, reachable: ${a.reachable_members})`
    lines.push(
      `  Ledger: ${counted(members, 'member')}${ofSegment}, ${[`${counted(confirmed, 'identifier')} confirmed`, ...more].join(', ')}`,
    )
  }
  if (a.audience.id !== null && a.expects !== null) lines.push(`  ${sizeText(a, a.expects)}`)
  if (a.open_delta)
    lines.push(
      `  Not settled: run ${a.open_delta.run_id}, ${a.open_delta.mark} of ${counted(a.open_delta.batches, 'batch', 'batches')} may have been sent`,
    )
  if (a.due.next_at) lines.push(`  Next members due: ${a.due.next_at}`)
  if (a.runs.length > 0) lines.push(runsTable(a.runs))
  const [last] = a.runs
  if (last?.error) lines.push(`  Last error: ${last.error.message}`)
  lines.push(`  Next: ${a.next}`)
  return lines.join('\n')
}

/** A size that is missing or small is mostly one that is still counted, and no failure of a run. */
const sizeText = (
  { activation, platform }: ActivationStatus,
  { title, min_matched, counting_hours }: NonNullable<ActivationStatus['expects']>,
): string => {
  if (platform === null) return `On ${title}: not asked for its size yet: tidemark sizes ${activation}`
  const { size, ledger_members, notes, observed_at } = platform
  const rate = percentOf({ platform_size: size, ledger_members })
  const matched = rate === null ? '' : `, ${rate} of the ${counted(ledger_members, 'member')} in the ledger then`
  const said = notes === null ? '' : `; ${notes}`
  const small = size === null || size < min_matched
  const wait = `; ${title} counts for ${counting_hours.join(' to ')} hours after a change, and ads need ${min_matched.toLocaleString('en')} matched people`
  return `On ${title} (${observed_at}): ${size === null ? 'no size shown' : counted(size, 'person', 'people')}${matched}${said}${small ? wait : ''}`
}

/** What came of a run stands with its status: with a column more the table would be too wide. */
export const runsTable = (runs: ActivationStatus['runs']): string =>
  renderTable(
    withoutEmpty(
      runs.map((run) => ({
        started: run.started_at === null ? null : run.started_at.slice(0, 16).replace('T', ' '),
        status: `${run.status}${run.attempt === 1 ? '' : ` at attempt ${run.attempt}`}${run.error ? `: ${run.error.code}` : ''}`,
        members: movement(run.members_added, run.members_removed),
        identifiers: movement(run.identifiers_added, run.identifiers_removed),
        'sent again': run.identifiers_resent || null,
        rejected: run.identifiers_rejected || null,
        requests: run.api_calls,
        seconds: Math.round(run.duration_ms / 100) / 10,
      })),
    ),
  )

const orphanText = (orphan: Orphan): string =>
  `${orphan.activation}: not in the configuration, ${counted(orphan.ledger_members, 'member')} in its ledger\n  Next: ${orphan.next}`
