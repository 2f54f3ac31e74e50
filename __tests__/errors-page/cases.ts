import { Failure } from '../../src/core/failure.ts';
import { startBudget, systemClock, systemRandom } from '../../src/core/clock.ts';
import type { GitHub, Keys } from '../../src/core/ports.ts';
import type { CreateRequest } from '../../src/operations/create.ts';
import type { Ports } from '../../src/operations/operation.ts';
import { createGitHub } from '../../src/github/client.ts';
import { checkRunnerFiles } from '../../src/runner/files.ts';
import type { Fault } from '../../tools/emulator/faults.ts';
import { startEmulator, type Emulator } from '../../tools/emulator/index.ts';
import { createKeys } from '../../src/coralogix/keys.ts';
import { chance } from '../coralogix/virtual-time.ts';
import { arranged, atEnd, failureIn, type How } from '../coralogix/grpc/told.ts';
import { base, problems, type Given } from '../inputs/step-inputs.ts';
import { play, setting } from '../operations/setting.ts';
import { creating, ensuring, name, secret } from '../operations/simulation/requests.ts';
import { perform, type Request } from '../../src/operations/index.ts';
import { Verifier } from '../../src/operations/verifier.ts';
import { proveNew } from '../../src/operations/verify.ts';
import type { IngestionConnection } from '../../src/network/connection.ts';
import type { IngestionOptions } from '../../tools/emulator/ingestion/index.ts';
import { connected } from '../coralogix/ingestion-setting.ts';
import { clientOf } from '../support/github-client.ts';
import type { GitHubFaultAction } from '../../tools/github/faults.ts';
import { startGitHubServer } from '../../tools/github/server.ts';
import { silentLog } from '../support/log.ts';

/** The trouble that docs/errors.md shows, each produced: by real servers, or by the inputs alone. */

/** Some trouble, and what was told of it. */
export interface Case {
  /** In a few words. */
  readonly what: string;
  readonly failed: () => Promise<Failure>;
  /** The same, where a key was to be made. */
  readonly making?: () => Promise<Failure>;
}

const newKey = { name: 'my-app', teamId: 1, hashed: false };
const make = (keys: Keys): Promise<unknown> => keys.create(newKey);

/** A host, a proxy or a certificate that is not as it should be. */
function network(what: string, situation: string, how: How = {}): Case {
  return {
    what,
    failed: async () => failureIn(await arranged(situation), how),
    making: async () => failureIn(await arranged(situation), { ...how, call: make }),
  };
}

/** A service that answers otherwise than it should. */
function service(
  what: string,
  fault: Fault | undefined,
  how: How & { readonly as?: keyof Emulator['tokens']; readonly rpc?: 'CreateApiKey' } = {},
): Case {
  const run = async (more: How): Promise<Failure> => {
    const emulator = await startEmulator({ tls: 'plain' });
    atEnd(() => emulator.stop());
    const rpc = how.rpc === undefined ? {} : { rpc: how.rpc };
    if (fault !== undefined) emulator.inject({ fault, times: Infinity, ...rpc });
    const apiKey = emulator.tokens[how.as ?? 'admin'];
    return failureIn(
      { target: `127.0.0.1:${emulator.port}`, ca: undefined },
      { apiKey, ...how, ...more },
    );
  };
  return {
    what,
    failed: () => run({}),
    ...(how.call === undefined || how.call === make ? { making: () => run({ call: make }) } : {}),
  };
}

/** Inputs that cannot be meant. */
function wrongInputs(what: string, given: Given): Case {
  const failed = async (): Promise<Failure> =>
    new Failure('invalid_input', (await problems({ ...base, ...given })).join(' '));
  return { what, failed };
}

/** An operation that cannot go on. */
function operation(
  what: string,
  request: Request,
  keys: readonly { readonly name: string; readonly active?: boolean }[],
  options: Parameters<typeof setting>[0] = {},
): Case {
  const failed = async (): Promise<Failure> => {
    const world = setting(options);
    await world.plant(keys);
    const existing = new Set(['main']);
    const { failure } = await play(world, request, { existing });
    if (failure === undefined) throw new Error(`It did not fail: ${what}.`);
    return failure;
  };
  return { what, failed };
}

/**
 * How often GitHub or the ingestion was asked, which their failures do not say. Infinity: until the time was
 * up, with waits of chance in between.
 */
export const attemptsOf = new WeakMap<Failure, number>();

/** A GitHub that answers otherwise than it should, asked whether a secret can be stored. */
function gitHub(what: string, does: GitHubFaultAction | 'weak' | 'down'): Case {
  const failed = async (): Promise<Failure> => {
    const server = await startGitHubServer({ environments: ['production'] });
    const token = does === 'weak' ? { token: server.tokens.github } : {};
    if (typeof does === 'object') server.fault({ times: Infinity, does });
    if (does === 'down') await server.stop();
    else atEnd(() => server.stop());
    const { github, waits } = clientOf(server, token);
    const failure = await thrownBy(github.checkSecretAccess(secret));
    attemptsOf.set(failure, waits.length + 1);
    return failure;
  };
  return { what, failed };
}

/** How an ingestion is reached otherwise than it should. */
interface Astray {
  readonly way?: (emulator: Emulator) => Partial<IngestionConnection>;
  /** Whether it is asked until the time is up. */
  readonly isEndless?: boolean;
  /** Of real time, in milliseconds, where waiting for it is the point. */
  readonly budgetMs?: number;
}

/** An ingestion that does not show that a new key works. */
function ingestion(
  what: string,
  options: IngestionOptions,
  { way, budgetMs, isEndless = budgetMs !== undefined }: Astray = {},
): Case {
  const failed = async (): Promise<Failure> => {
    const { keyId, value, ...there } = await connected({ ingestion: options }, way);
    const { clock, ingestion: client } = there;
    const verifier = new Verifier({
      connect: () => Promise.resolve(client),
      budget: budgetMs === undefined ? clock.budget(20_000) : startBudget(systemClock, budgetMs),
      clock: budgetMs === undefined ? clock : systemClock,
      log: silentLog,
      random: chance(),
    });
    const made = { id: keyId, name: 'my-app ~pending', value };
    const failure = await thrownBy(proveNew(made, { name: 'my-app', verify: true }, { verifier }));
    attemptsOf.set(failure, isEndless ? Infinity : clock.waits + 1);
    return failure;
  };
  return { what, failed };
}

/** A whole `create` at a service of its own, with real parts around it; throws what it fails with. */
async function create(keys: Keys, change: Partial<CreateRequest>, github?: GitHub): Promise<void> {
  const world = {
    clock: systemClock,
    budget: startBudget(systemClock, 20_000),
    random: systemRandom,
  };
  const ports: Ports = {
    ...world,
    keys,
    github: github ?? createGitHub({ ...world, token: undefined, repository: undefined }),
    jobEnd: { plan: () => undefined },
    log: silentLog,
    seesSecrets: () => true,
    verifier: { prove: () => Promise.reject(new Error('nothing is to be verified here')) },
  };
  await perform(creating({ teamId: 4001, ...change }), ports);
}

/** A Create that is carried out, and whose answer is lost. */
const lostCreate = service(
  'a Create without an answer',
  { kind: 'commit-then-drop' },
  {
    rpc: 'CreateApiKey',
    call: (keys) => create(keys, {}),
  },
);

/** A secret that GitHub stores without saying so. */
const lostSecret = service('a secret without an answer', undefined, {
  call: async (keys) => {
    const server = await startGitHubServer({ environments: ['production'] });
    atEnd(() => server.stop());
    server.fault({ on: /^PUT/u, times: Infinity, does: { kind: 'drop' } });
    const { github } = clientOf(server);
    const failure = await thrownBy(create(keys, { secret }, github));
    attemptsOf.set(failure, server.requests.filter(({ method }) => method === 'PUT').length);
    throw failure;
  },
});

async function thrownBy(work: Promise<unknown>): Promise<Failure> {
  const thrown: unknown = await work.catch((error: unknown) => error);
  if (thrown instanceof Failure) return thrown;
  throw new Error('It did not fail.');
}

/** A service whose reply has no value in it. */
function valueless(): Promise<Failure> {
  const keys = createKeys({
    transport: {
      call: () =>
        Promise.resolve({
          key_id: 'c8d84762-9aff-4f90-93ef-1762757e0c2c',
          name: 'my-app',
          value: '',
        }),
    },
    clock: { now: () => 0, elapsed: () => 0, sleep: () => Promise.resolve() },
    random: chance(),
    budget: { remaining: () => 20_000, useReserve: () => undefined },
    mask: () => undefined,
    destination: { authority: 'HOST', proxy: undefined, correlationId: 'ID' },
  });
  return thrownBy(make(keys));
}

const never: IngestionOptions = { newKeysAcceptedAfterMs: Infinity };
const nowhere: Partial<IngestionConnection> = {
  endpoint: { host: 'ingress.nowhere.invalid', port: 443, secure: true, loopback: false },
};

const someId = 'c8d84762-9aff-4f90-93ef-1762757e0c2c';
const status = (code: string, message: string, more = {}): Fault => ({
  kind: 'status',
  code,
  message,
  ...more,
});

/** All of them, in the order of the page. */
export const cases: readonly Case[] = [
  wrongInputs('a near miss', { operation: 'deactivte', name: 'my-app' }),
  wrongInputs('a credential in the wrong place', {
    operation: 'list',
    region: `cxup_${'0'.repeat(30)}`,
  }),
  service('a key that the service does not know', undefined, { apiKey: 'cxup_made_up_key' }),
  service('a key that may do nothing', undefined, { as: 'powerless' }),
  service('an id that is unknown', undefined, { call: (keys) => keys.get(someId) }),
  operation('a name in another case', { operation: 'get', key: { by: 'name', name: 'My-App' } }, [
    { name: 'my-app' },
  ]),
  operation('a pattern', { operation: 'get', key: { by: 'name', name: 'my-*' } }, [
    { name: 'my-app' },
  ]),
  operation('two keys of one name', { operation: 'get', key: { by: 'name', name } }, [
    { name },
    { name },
  ]),
  service(
    'a request that the service does not take',
    status('INVALID_ARGUMENT', 'name is too long'),
  ),
  service(
    'too many requests',
    status('RESOURCE_EXHAUSTED', 'slow down', { retryDelayMs: 30_000 }),
    { budgetMs: 5000 },
  ),
  network('too many requests, told by a gateway', 'HTTP 429 with nothing'),
  service('no more keys', status('RESOURCE_EXHAUSTED', 'maximum number of keys reached'), {
    call: make,
  }),
  service('a service that is away', status('UNAVAILABLE', 'try later')),
  network('a gateway without its service', 'HTTP 503 with nothing'),
  network('a host name that does not exist', 'an unknown host'),
  network('a port where nobody listens', 'nobody listens'),
  network('an authority that is not trusted', 'an unknown CA'),
  network('a certificate that has expired', 'an expired certificate'),
  network('a certificate from the future', 'a certificate not yet valid'),
  network('a port without TLS', 'TLS to a plain-text port'),
  network('an old version of TLS', 'TLS 1.1 only'),
  network('TLS without HTTP/2', 'TLS with HTTP/1.1 only'),
  network(
    'a host that wants a certificate of the client',
    'a certificate of the client is wanted, in TLS 1.3',
  ),
  network('a host that does not know its name', 'the alert 112'),
  network('a proxy that wants a password', 'a proxy that wants a password'),
  service('no answer until the time of the step was over', { kind: 'hang' }, { budgetMs: 500 }),
  network('a connection that breaks off', 'an answer that begins, and the end of the connection'),
  network('a web server', 'an answer in HTTP/1.1'),
  network('a web page', 'the text "<html>"'),
  network('a firewall', 'HTTP 403 with nothing'),
  { ...lostCreate, making: lostCreate.failed },
  lostSecret,
  operation('a key whose value is not told again', ensuring(), [{ name }], { hideValues: true }),
  operation(
    'more keys than `max_prune`',
    {
      operation: 'prune',
      template: { text: 'my-app/{branch}', open: 'branch', capture: (key) => key.split('/')[1] },
      retire: 'deactivate',
      most: 1,
      dryRun: false,
    },
    [{ name: 'my-app/old' }, { name: 'my-app/older' }],
  ),
  gitHub('`GITHUB_TOKEN` for a secret', 'weak'),
  gitHub('single sign-on', {
    kind: 'status',
    status: 403,
    message:
      'Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.',
  }),
  gitHub('an archived repository', {
    kind: 'status',
    status: 403,
    message: 'Repository was archived so is read-only.',
  }),
  gitHub('trouble at GitHub', { kind: 'status', status: 503, message: 'Server Error' }),
  gitHub('nobody at the address of GitHub', 'down'),
  ingestion('a key that does not become known', never, { isEndless: true }),
  ingestion('a mesh that refuses', { gateway: 'denies' }),
  ingestion('a team over its quota', { quota: 0 }),
  ingestion('an ingestion that takes any key', { emptyRequests: 'key-not-checked' }),
  ingestion('an ingestion that rejects what it takes', {
    partialSuccess: { rejected: 1, message: 'not today' },
  }),
  ingestion('an ingestion that is away', { gateway: 'unavailable' }, { isEndless: true }),
  ingestion('a host of ingestion that does not exist', {}, { way: () => nowhere }),
  ingestion(
    'an ingestion that is not trusted',
    {},
    {
      way: ({ otherCaCertificate }) => ({ extraCertificates: otherCaCertificate }),
    },
  ),
  ingestion('gRPC without OTLP', { gateway: 'no-otlp' }),
  ingestion('a web page in place of the ingestion', { gateway: 'html-404' }),
  ingestion('an ingestion that breaks off', { gateway: 'resets' }),
  ingestion('an ingestion that is silent', { gateway: 'silent' }, { budgetMs: 1000 }),
  {
    what: 'no file for the outputs',
    failed: () =>
      thrownBy(
        Promise.resolve().then(() => {
          checkRunnerFiles({});
        }),
      ),
  },
  { what: 'a reply without a value', failed: valueless },
];
