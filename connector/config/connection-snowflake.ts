import type { ConnectionParts } from './connection-parts.ts'

/**
 * A connection of type snowflake, whose password is the passphrase where there is a private key, and the secret of a
 * client that logs in by OAuth. Its schema is passed over: relations are named with theirs.
 */
export function giveSnowflake(parts: ConnectionParts): void {
  parts.field('schema')
  // Airflow's own hook passes over these two and reads extra.host and extra.port.
  parts.field('host')
  parts.field('port')
  const [account, region] = [parts.extra('account'), parts.extra('region')]
  parts.give(
    'account',
    account === undefined || region === undefined ? account : `${account}.${region}`,
    'extra.account',
  )
  for (const key of ['warehouse', 'database', 'role']) parts.giveExtra(key)
  giveAddress(parts)
  giveLogin(parts)
  parts.passOver('client_request_mfa_token', 'client_store_temporary_credential', 'json_result_force_utf8_decoding')
  parts.passOver('ocsp_fail_open')
  parts.refuse('take it out: certificates are always checked', 'insecure_mode')
  parts.refuse('take it out: a run sets what it needs; the tag is warehouse.query_tag', 'session_parameters')
  parts.refuse('set HTTPS_PROXY instead', 'proxy_host', 'proxy_port', 'proxy_user', 'proxy_password')
  parts.refuse('log in by a key pair or by client credentials', 'refresh_token', 'azure_conn_id', 'azure_base_url')
}

function giveAddress(parts: ConnectionParts): void {
  const [host, port, protocol] = ['host', 'port', 'protocol'].map((name) => parts.extra(name))
  if (host !== undefined)
    parts.give('access_url', `${protocol ?? 'https'}://${host}${port === undefined ? '' : `:${port}`}`, 'extra.host')
}

function giveLogin(parts: ConnectionParts): void {
  if (parts.extra('grant_type') === 'client_credentials') giveClient(parts)
  else giveUser(parts)
}

function giveUser(parts: ConnectionParts): void {
  parts.giveField('login', 'user')
  const password = parts.field('password')
  const authenticator = lowerCase(parts.extra('authenticator'))
  const [file, content] = [parts.extra('private_key_file'), parts.extra('private_key_content')]
  const token = parts.extra('token')
  const hasKey = file !== undefined || content !== undefined
  parts.give('private_key_path', file, 'extra.private_key_file')
  parts.give('private_key', pemOf(content, parts), 'extra.private_key_content')
  if (!hasKey || authenticator !== usual) parts.give('authenticator', authenticator, 'extra.authenticator')
  const asToken = authenticator === accessToken && token === undefined
  parts.give(hasKey ? 'private_key_passphrase' : asToken ? 'token' : 'password', password, 'password')
  parts.give('token', token, 'extra.token')
  const wayOut = 'write client_credentials as extra.grant_type, or take it out'
  parts.refuse(wayOut, 'grant_type', 'token_endpoint', 'scope')
}

const lowerCase = (value: unknown): unknown => (typeof value === 'string' ? value.toLowerCase() : value)

/** The authenticator that Airflow has where none is said, also beside a private key. */
const usual = 'snowflake'
/** Whose token Airflow takes in the password, too. */
const accessToken = 'programmatic_access_token'

function giveClient(parts: ConnectionParts): void {
  parts.passOver('authenticator')
  parts.give('authenticator', 'oauth_client_credentials', 'extra.grant_type')
  parts.giveField('login', 'oauth_client_id')
  parts.giveField('password', 'oauth_client_secret')
  parts.giveExtra('token_endpoint', 'oauth_token_request_url')
  parts.giveExtra('scope', 'oauth_scope')
}

/** PEM as it is, or in Base64, as Airflow takes both. */
function pemOf(content: unknown, parts: ConnectionParts): unknown {
  const pem = '-----BEGIN'
  if (typeof content !== 'string' || content.includes(pem)) return content
  const text = Buffer.from(content, 'base64').toString('utf8')
  if (text.includes(pem)) return text
  parts.problem('gives an extra.private_key_content that is no PEM', 'write the PEM text, or Base64 of it')
  return content
}
