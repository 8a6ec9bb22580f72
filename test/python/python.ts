import { spawn } from 'node:child_process'
import { type PythonEnvironment, pythonOf } from './environment.ts'

/** Runs the Python of an environment: `node test/python/python.ts airflow -m pytest test/dags`. */
const [name, ...args] = process.argv.slice(2)
const child = spawn(pythonOf(name as PythonEnvironment), args, { stdio: 'inherit' })
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === null ? 1 : 128)
})
