/** What of the suite over all warehouses does not run on one of them, why, and what covers it. Told at the end of every run. */
export interface Exception {
  readonly warehouse: 'DuckDB' | 'PostgreSQL' | 'BigQuery' | 'Snowflake'
  readonly what: string
  readonly why: string
  readonly covered: string
}

export const exceptions: readonly Exception[] = [
  {
    warehouse: 'PostgreSQL',
    what: 'values with the character NUL',
    why: 'its texts cannot hold one',
    covered: 'nothing is left to cover',
  },
  ...(['BigQuery', 'Snowflake'] as const).flatMap((warehouse): Exception[] => [
    {
      warehouse,
      what: 'model/two-runners and model/counterexamples',
      why: 'the stand-in runs statements one after the other, so nothing conflicts',
      covered: 'DuckDB and PostgreSQL; answers of a conflict in warehouse/bigquery and warehouse/snowflake',
    },
    {
      warehouse,
      what: 'a role with exactly the printed grants',
      why: 'the stand-in knows no rights',
      covered: 'the text of the grants (cli/grants), and on PostgreSQL for real',
    },
    {
      warehouse,
      what: 'what the service refuses and DuckDB takes',
      why: 'the stand-in says statements to DuckDB',
      covered: 'sql/googlesql (Google’s analyzer) and sql/snowflake (a list of functions), over every statement',
    },
  ]),
  ...(['PostgreSQL', 'BigQuery', 'Snowflake'] as const).map(
    (warehouse): Exception => ({
      warehouse,
      what: 'cli/upgrade',
      why: 'processes of older versions, and what the platforms knew then, were recorded over DuckDB only',
      covered: 'activation/migrate, which migrates that recorded state on each warehouse',
    }),
  ),
]
