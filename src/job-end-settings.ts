import { fits, takeFingerprint, type Fingerprint } from './core/fingerprint.ts';
import { all, ok, wrong, type Result } from './core/result.ts';
import { Secret } from './core/secret.ts';
import type { GitHubOptions } from './github/client.ts';
import { apiUrlIn } from './github/destination.ts';
import type { StepSettings } from './inputs/connection.ts';
import type { InputRecord } from './inputs/declared.ts';
import type { Connection } from './network/connection.ts';
import { authority } from './network/endpoint.ts';
import { parseProxy, type Proxy } from './network/proxy.ts';
import type { Repository } from './names/workflow-event.ts';
import { repositoryIn } from './runner/workflow-event.ts';
import { unquoted } from './core/text.ts';

/**
 * How the job's end reaches the service: as main did, whatever later steps did to the environment (G6).
 * The runner evaluates the inputs again for the post half, with the environment of that time, and in a
 * composite action inside a composite action they are blank
 * (https://github.com/actions/runner/issues/2030). So all that is no secret is kept, and the secrets are
 * read again from where main had them, and used only if they are the same.
 */
export interface JobEndSettings {
  /** {@link Connection} without its secrets. */
  readonly connection: Omit<Connection, 'apiKey' | 'proxy'>;
  readonly proxy: SavedProxy | undefined;
  readonly credential: { readonly source: Source; readonly fingerprint: Fingerprint };
  /** Where the record of a secret is asked for; undefined without a token. */
  readonly github: SavedGitHub | undefined;
  readonly timeoutMs: number;
  readonly summary: boolean;
}

/** GitHub without its token. */
interface SavedGitHub {
  readonly apiUrl: string;
  readonly repository: Repository | undefined;
  readonly fingerprint: Fingerprint;
}

/** A proxy without its password. */
type SavedProxy = Omit<Proxy, 'credentials'> & { readonly needsPassword: boolean };

/** Where main had the caller's key: the input, or the environment variable. */
type Source = 'api_key' | 'CORALOGIX_API_KEY';

/**
 * What main leaves of its settings.
 *
 * @param settings as read from the inputs
 * @param record   the inputs themselves
 */
export function toSave(
  { connection, githubToken, timeoutMs, summary }: Omit<StepSettings, 'ingestion'>,
  { inputs, environment }: InputRecord,
): JobEndSettings {
  const { apiKey, proxy, ...others } = connection;
  return {
    connection: others,
    proxy: proxy === undefined ? undefined : withoutPassword(proxy),
    credential: {
      source: inputs.api_key === '' ? 'CORALOGIX_API_KEY' : 'api_key',
      fingerprint: takeFingerprint(apiKey.reveal()),
    },
    github:
      githubToken === undefined
        ? undefined
        : {
            apiUrl: apiUrlIn(environment),
            repository: repositoryIn(environment),
            fingerprint: takeFingerprint(githubToken.reveal()),
          },
    timeoutMs,
    summary,
  };
}

/**
 * Main's connection once more.
 *
 * @param saved  what main left
 * @param record the inputs and the environment as they are now
 * @returns the connection, or why nothing can be sent, and what to do about it
 */
export function restoreConnection(
  { connection, proxy, credential }: JobEndSettings,
  record: InputRecord,
): Result<Connection> {
  const secrets = all({
    apiKey: findCredential(credential, record),
    proxy: findProxyAgain(proxy, record),
  });
  return secrets.ok ? ok({ ...connection, ...secrets.value }) : secrets;
}

/**
 * What it takes to ask main's GitHub once more. Another token than main's is none: what it may see is
 * another thing.
 *
 * @param saved  what main left
 * @param record the inputs as they are now
 */
export function restoreGitHub(
  { github }: JobEndSettings,
  { inputs }: InputRecord,
): Pick<GitHubOptions, 'token' | 'repository'> & { readonly apiUrl?: string } {
  if (github === undefined) return { token: undefined, repository: undefined };
  const { apiUrl, repository, fingerprint } = github;
  const text = unquoted(inputs.github_token);
  const token = text !== '' && fits(fingerprint, text) ? new Secret(text) : undefined;
  return { token, repository, apiUrl };
}

/** The same key, from where main had it; or from the other place, where who sees that it is blank puts it. */
function findCredential(
  { source, fingerprint }: JobEndSettings['credential'],
  { inputs, environment }: InputRecord,
): Result<Secret> {
  const given: Readonly<Record<Source, string>> = {
    api_key: unquoted(inputs.api_key),
    CORALOGIX_API_KEY: unquoted(environment['CORALOGIX_API_KEY']?.trim() ?? ''),
  };
  const found = Object.values(given).find((text) => text !== '' && fits(fingerprint, text));
  if (found !== undefined) return ok(new Secret(found));
  const what = given[source] === '' ? 'is blank by now' : 'is another key by now';
  const how =
    source === 'api_key'
      ? 'Inputs are blank at the end of the job in a composite action inside a composite action: set CORALOGIX_API_KEY to the same key in the environment of the job.'
      : 'A later step has changed it: let it use a variable of its own.';
  return wrong(`\`${source}\`, which the step had its key from, ${what}. ${how}`);
}

/** Main's proxy. Its password may be another one by now, but it goes to the same proxy only. */
function findProxyAgain(
  saved: SavedProxy | undefined,
  { environment }: InputRecord,
): Result<Proxy | undefined> {
  if (saved === undefined) return ok(undefined);
  const { needsPassword, ...proxy } = saved;
  if (!needsPassword) return ok({ ...proxy, credentials: undefined });
  const now = parseProxy(proxy.variable, environment[proxy.variable]?.trim() ?? '');
  const isSame = now.ok && authority(now.value) === authority(proxy);
  if (isSame && now.value.credentials !== undefined) {
    return ok({ ...proxy, credentials: now.value.credentials });
  }
  return wrong(
    `The step went through the proxy ${authority(proxy)}, and the environment variable ${proxy.variable}, which had the password for it, no longer names it with one. A later step has changed it: let it use a variable of its own.`,
  );
}

function withoutPassword({ credentials, ...proxy }: Proxy): SavedProxy {
  return { ...proxy, needsPassword: credentials !== undefined };
}
