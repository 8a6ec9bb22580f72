import { Command, CommanderError } from 'commander'
import { choosing, compileHelp, count, doctorHelp, port, seconds } from './options.ts'
import { endOnSignals, keepSignals } from './signals.ts'
import { connectorVersion } from './version.ts'
import { explained } from './words.ts'

// Before the command is loaded, which takes a few tenths of a second. Without a yes there is nothing to drain.
const [, , first = '', ...rest] = process.argv
if (first === 'run' || (first === 'empty' && rest.includes('--yes'))) keepSignals()
else if (process.pid === 1) endOnSignals()

const usage = 64

/** Of commands that change nothing. */
const allOf = '; all where none is chosen'
const yes = ['--yes', 'do it without a question'] as const
/** Of the three commands that share `withYes`. */
const asks = `Without --yes it says what it would do and asks; without a terminal, and with --json, it changes nothing.`

let exitCode = 0

/** Every command loads when it is called: `--help` reads this file and commander only. */
const program = (): Command => {
  const root = new Command('tidemark')
    .description('Keeps ad-platform audiences in step with segments in your data warehouse.')
    .version(connectorVersion())
    .exitOverride()
    .showSuggestionAfterError()
    .addHelpText('after', `\n${explained()}`)
  const command = (name: string, description: string): Command =>
    root
      .command(name)
      .description(description)
      .option('-c, --config <file>', 'configuration file', 'tidemark.yml')
      .option('--json', 'JSON on standard output, JSON lines on standard error')
      .exitOverride()

  choosing(command('run', 'bring audiences in step with their segments'))
    .option('--run-key <key>', 'stable over retries: a key that succeeded is not run again')
    .option('--full', 'compare and send everybody, not only what changed')
    .option('--override-guards', 'let the named activations pass their guards, for this run key')
    .option('--second-audience', 'where an activation was renamed: leave the people of its old audience there')
    .option('--drain-seconds <n>', 'time to end in after SIGTERM', seconds, 8)
    .option('--drain-on-stdin-end', 'end like after SIGTERM when standard input ends')
    .option('--exit-code-when-unchanged', 'exit with 99 when nothing changed')
    .addHelpText(
      'after',
      `\nStandard output ends with the summary as one line of JSON; on a terminal a person reads a table instead, unless --json is said.\nExit codes: 0 done · 65 stopped by a guard · 75 try again · 76 answer not understood · 77 permission · 78 configuration · 143 asked to end · 64 usage · 70 bug\n\n${explained('sent again', 'shared by many', 'quarantine')}`,
    )
    .action(async (names, options) => {
      exitCode = await (await import('./commands/run.ts')).run(names, options)
    })
  choosing(command('plan', 'show what a run would do; calls no platform and changes nothing'))
    .option('--full', 'as a run with --full would')
    .option('--second-audience', 'as a run with --second-audience would')
    .option('--sql', 'show the statements too')
    .option('--detailed-exitcode', 'exit with 2 where a run would not find everything in step')
    .addHelpText(
      'after',
      `
Exit codes: 0 planned, also where a guard would stop the run · 75 try again, a run has the warehouse open · 77 permission · 78 configuration · 64 usage
With --detailed-exitcode: 0 nothing to do · 2 something to do, or a guard in its way · all others as without

${explained('kept', 'held back', 'shared by many', 'sent again', 'quarantine')}`,
    )
    .action(async (names, options) => {
      exitCode = await (await import('./commands/plan.ts')).plan(names, options)
    })
  choosing(command('validate', 'check the configuration, and with --warehouse the segments too'), allOf)
    .option('--warehouse', 'open the warehouse and look for every relation and column')
    .option('--credentials', 'demand that the variables of all credentials are set too, as runs do')
    .addHelpText('after', '\nThe file is checked whole; the rest, of the activations that are chosen.')
    .action(async (names, options) => {
      exitCode = await (await import('./commands/validate.ts')).validate(names, options)
    })
  choosing(command('doctor', 'look at all that a run needs: warehouse, credentials, account, roles, clock'), allOf)
    .addHelpText('after', doctorHelp)
    .action(async (names, options) => {
      exitCode = await (await import('./commands/doctor.ts')).doctor(names, options)
    })
  choosing(command('status', 'show what runs now, the last runs and the audiences'), allOf)
    .addHelpText(
      'after',
      `
A name may also be that of an activation that is in the configuration no longer.

${explained('kept', 'sent again', 'due', 'quarantine')}`,
    )
    .action(async (names, options) => {
      exitCode = await (await import('./commands/status.ts')).status(names, options)
    })
  command('grants', 'print the rights that runs need in a warehouse, for its administrator')
    .argument('[warehouse]', 'duckdb, postgres, bigquery or snowflake; the one of the configuration without')
    .option('--role <name>', 'whom runs log in as (default: the user of the configuration, else tidemark)')
    .option('--reader <name>', 'a role for dashboards and dbt, which reads the public tables only')
    .option('--database <name>', 'the database (default: the one of the configuration)')
    .action(async (warehouse, options) => {
      exitCode = await (await import('./commands/grants.ts')).grants(warehouse, options)
    })
  choosing(command('sizes', 'ask the platforms how large the audiences are; notes it in audience_sizes'), allOf)
    .addHelpText(
      'after',
      `
Sizes lag: X counts for 6 to 8 hours after a change, TikTok for 24 to 48. Until then they may show none, which is noted too.
Exit codes: 0 asked · 75 try again · 76 answer not understood · 77 permission · 78 configuration, or the audience is gone · 64 usage`,
    )
    .action(async (names, options) => {
      exitCode = await (await import('./commands/sizes.ts')).sizes(names, options)
    })
  command('empty', 'remove everybody from the audience of an activation, and keep the audience')
    .argument('<activation>', 'activation by name, as <segment>.<destination>')
    .option(...yes)
    .option('--run-key <key>', 'stable over retries: a key that succeeded is not run again')
    .option('--drain-seconds <n>', 'time to end in after SIGTERM', seconds, 8)
    .option('--drain-on-stdin-end', 'end like after SIGTERM when standard input ends')
    .addHelpText(
      'after',
      `
${asks}
It is a run over a segment with nobody in it: no guard stops it, and the segment itself is not read, so it need not exist any
more. The next run adds the segment again: take the activation off its schedule first.
Exit codes: 0 only asked · else as of tidemark run`,
    )
    .action(async (name, options) => {
      exitCode = await (await import('./commands/empty.ts')).empty(name, options)
    })
  command('reset', 'forget ledger and audience of an activation, so that its next run is a first sync')
    .argument('<activation>', 'activation by name; also one that is no longer in the configuration')
    .option(...yes)
    .option('--abandon', 'although the audience may still exist: its people stay in it')
    .addHelpText(
      'after',
      `
${asks}
Where an audience is known, its platform is asked whether it is still there. While it is, or may be, reset is refused without
--abandon: whoever is in that audience stays there, and Tidemark will not know of them any more. With --abandon nobody is called.
Exit codes: 0 forgotten, only asked, or nothing to forget · 64 --yes without --abandon · 75 a run is at work · 78 configuration`,
    )
    .action(async (name, options) => {
      exitCode = await (await import('./commands/reset.ts')).reset(name, options)
    })
  command('uninstall', 'drop everything that Tidemark keeps in the warehouse')
    .option(...yes)
    .option('--abandon', 'although audiences are known: who is in them stays in them')
    .addHelpText(
      'after',
      `
${asks}
It calls no platform. What others have put into the schemas of Tidemark stays, and so do the schemas then.
Exit codes: 0 dropped, only asked, or nothing there · 64 --yes without --abandon · 75 a run is at work · 77 permission · 78 configuration`,
    )
    .action(async (options) => {
      exitCode = await (await import('./commands/uninstall.ts')).uninstall(options)
    })
  command('accounts', 'list the ad accounts that the token of a destination can see')
    .argument('<destination>', 'destination by name')
    .addHelpText(
      'after',
      `
Says too whether the configured account is among them, and may be changed. X lets this be asked 5 times in 15 minutes.
Exit codes: 0 the configured account may be used · 77 it may not, or the token is not valid · 75 try again · 76 answer not understood · 78 configuration · 64 usage`,
    )
    .action(async (name, options) => {
      exitCode = await (await import('./commands/accounts.ts')).accounts(name, options)
    })
  command('connect', 'let a user consent, and print what to keep in the environment; writes nothing')
    .argument('<destination>', 'destination by name')
    .option('--redirect-uri <address>', 'TikTok: the one that is registered for the developer app')
    .addHelpText(
      'after',
      `
Prints the address to open; then it reads the PIN (X) or the auth_code (TikTok), without showing it. Secrets of the
developer app that are not in the environment yet are asked for. Where standard input is no terminal, each is one line.
Exit codes: 0 consented · 75 try again · 76 answer not understood · 77 refused · 78 configuration · 64 usage`,
    )
    .action(async (name, options) => {
      exitCode = await (await import('./commands/connect.ts')).connect(name, options)
    })
  command('compile', 'write what an orchestrator makes its tasks of: activations.json')
    .option(
      '-o, --output <file>',
      'where to (default: activations.json beside the configuration; - is standard output)',
    )
    .option('--check', 'write nothing: exit with 1 where the file is not what would be written')
    .addHelpText('after', compileHelp)
    .action(async (options) => {
      exitCode = await (await import('./commands/compile.ts')).compile(options)
    })
  command('schema', 'print the JSON Schema of tidemark.yml').action(async () => {
    exitCode = await (await import('./commands/schema.ts')).schema()
  })
  root
    .command('simulate')
    .description('both ad platforms and a webhook on localhost, as strict as the real ones')
    .option('--x-port <n>', 'port of X Ads', port, 8080)
    .option('--tiktok-port <n>', 'port of TikTok Ads', port, 8081)
    .option('--webhook-port <n>', 'port of the webhook (default: 8090, or any free one where that is taken)', port)
    .option('--state <file>', 'go on from this file, and keep in it what they hold (digests only)')
    .option('--environment', 'start nothing: print what runs need in their environment, for a shell')
    .option('--no-rate-limits', 'answer as fast as requests come')
    .option('--json', 'JSON on standard output')
    .exitOverride()
    .action(async (options) => {
      exitCode = await (await import('./commands/simulate.ts')).simulate(options)
    })
  root
    .command('demo')
    .description('three days of two segments on two simulated ad platforms')
    .option('--folder <folder>', 'where to leave warehouse, configuration and commands', 'demo')
    .option('--customers <n>', 'how many customers', count, 20_000)
    .option(
      '--warehouse <type>',
      'duckdb, postgres, bigquery or snowflake; where, says the environment (see the docs of each)',
      'duckdb',
    )
    .option('--json', 'JSON on standard output')
    .exitOverride()
    .action(async (options) => {
      exitCode = await (await import('./commands/demo.ts')).demo(options)
    })
  return root
}

const main = async (): Promise<void> => {
  // A closed pipe is no reason to stop: what was done is in the warehouse.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  // Node would print what was thrown as it is, and drivers quote values. Diagnostic reports would hold all credentials.
  process.on('uncaughtException', async (error) => process.exit(await exitFor(error)))
  process.report.excludeEnv = true
  try {
    await program().parseAsync()
  } catch (error) {
    exitCode = await exitFor(error)
  }
  process.exit(exitCode)
}

const exitFor = async (error: unknown): Promise<number> => {
  // commander has said what is wrong; help and version come this way too.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usage
  const { failureOf } = await import('./commands/document.ts')
  const { printError } = await import('./commands/output.ts')
  const { exit, message } = failureOf(error)
  printError(message)
  return exit
}

await main()
