import { readFile } from 'node:fs/promises'
import { BigQuery } from '@google-cloud/bigquery'
import { type AuthClient, GoogleAuth, Impersonated, type JWTInput, PassThroughClient } from 'google-auth-library'
import type { BigquerySettings } from '../config/activation.ts'
import { WarehouseError } from './warehouse.ts'

const scopes = ['https://www.googleapis.com/auth/cloud-platform']
/** Seconds; the longest that every project allows ("Create short-lived credentials"). */
const impersonatedFor = 3600

/** A client that asks for tokens when they are needed. Throws WarehouseError where the credentials cannot be read. */
export const connect = async (settings: BigquerySettings): Promise<BigQuery> => {
  const authClient = await credentialsOf(settings)
  return new BigQuery({
    projectId: settings.project,
    location: settings.location,
    ...(settings.apiEndpoint === undefined ? {} : { apiEndpoint: settings.apiEndpoint }),
    authClient,
    // Again is tried here, under the same job id.
    autoRetry: false,
  })
}

/** Does the service give any answer, also a refusal? */
export const answers = async (client: BigQuery): Promise<boolean> => {
  try {
    await client.getDatasets({ autoPaginate: false, maxResults: 1 })
    return true
  } catch (error) {
    const status = Number((error as { readonly code?: unknown } | null)?.code)
    return status >= 400 && status < 500
  }
}

const credentialsOf = async (settings: BigquerySettings): Promise<AuthClient> => {
  // No token leaves this machine unencrypted: an emulator needs none.
  if (settings.apiEndpoint?.startsWith('http://')) return new PassThroughClient()
  const source = await sourceOf(settings)
  if (settings.impersonate === undefined) return source
  return new Impersonated({
    sourceClient: source,
    targetPrincipal: settings.impersonate,
    targetScopes: scopes,
    lifetime: impersonatedFor,
    delegates: [],
  })
}

/** Application-default credentials, or those of the key. */
const sourceOf = async ({ keyFile, keyJson, project }: BigquerySettings): Promise<AuthClient> => {
  const auth = new GoogleAuth({ scopes, projectId: project })
  try {
    const json = keyJson ?? (keyFile === undefined ? undefined : await readFile(keyFile, 'utf8'))
    return json === undefined ? await auth.getClient() : auth.fromJSON(JSON.parse(json) as JWTInput)
  } catch {
    const key = keyJson !== undefined ? 'key_json' : keyFile === undefined ? undefined : 'key_file'
    const says =
      key === undefined
        ? 'There are no application-default credentials: set GOOGLE_APPLICATION_CREDENTIALS, log in with gcloud auth application-default login, or write warehouse.key_file'
        : `warehouse.${key} cannot be read, or is no key of a service account`
    throw new WarehouseError('permission', 'warehouse_login', 'open', `${says}.`)
  }
}
