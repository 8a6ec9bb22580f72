/** Suites of Jest that run where everything is demanded (TIDEMARK_TEST_REQUIRE=all) or they are asked for by their paths. */
export interface BeforeLanding {
  /** Why a change seldom needs them before its commit. */
  readonly why: string
  /** From the folder `test` on. */
  readonly suites: readonly string[]
}

/** Together two thirds of the time of all suites: a run over DuckDB in a process of its own takes a second of a core. */
export const beforeLanding: readonly BeforeLanding[] = [
  {
    why: 'runs that end, or meet another one, at every step: model/model and model/counterexamples have some of each',
    suites: [
      'model/two-runners',
      'model/shared',
      'model/renamed',
      'activation/drain',
      'cli/drain',
      'cli/crash',
      'cli/fifty',
    ],
  },
  {
    why: 'every platform through whole runs, and the mistakes of other tools: activation/deliver has one of each',
    suites: ['destination/runs'],
  },
  {
    why: 'what is packed and bundled: a change to package.json or to what is imported needs it',
    suites: ['package', 'bundle'],
  },
  {
    why: 'what a platform does wrong, from the command line: model/consequences and activation/culprits have it in one process',
    suites: [
      'cli/arrivals',
      'cli/hostile-answers',
      'cli/refusals',
      'cli/requests',
      'cli/retry',
      'cli/sha512',
      'cli/taken-names',
      'cli/vanished',
      'cli/waits',
    ],
  },
  {
    why: 'one command, or one way to write the file, in many processes: config, state and sql have its parts in one',
    suites: [
      'cli/connections',
      'cli/empty',
      'cli/empty-stored',
      'cli/hostile-input',
      'cli/leaks',
      'cli/paths',
      'cli/renamed',
      'cli/said',
      'cli/secrets',
      'cli/selection',
      'cli/time-zones',
      'cli/upgrade',
      'cli/with-yes',
      'cli/without-credentials',
    ],
  },
]
