const prefix = 'AIRFLOW_CONN_'

/** The variable in which a connection stands: Airflow's own name for it. */
export const variableOf = (id: string): string => `${prefix}${id.toUpperCase()}`

/** Whether a variable holds a connection, and so a secret. */
export const isConnectionVariable = (name: string): boolean => name.startsWith(prefix)
