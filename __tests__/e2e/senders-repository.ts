import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';
import { freshFolder, node24Path, type WorkflowEvent } from '../../tools/job-runner/index.ts';
import { startProxy } from '../support/proxy.ts';
import { repository, type Ran, type Repository } from './repository.ts';

const root = new URL('../../', import.meta.url);
/** Where `region: EU2` leads. */
export const hosts = ['api.eu2.coralogix.com', 'ingress.eu2.coralogix.com'];
const exporter = fileURLToPath(new URL('__tests__/tools/emulator/ingestion/exporter.mjs', root));

const folders: string[] = [];

afterAll(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** A repository whose example sets up a sender, and the tools that its steps call. */
export interface Senders extends Repository {
  /** Runs an example. */
  readonly play: (event: WorkflowEvent) => Promise<Ran>;
  /** What the tools were called with, in order. */
  readonly tools: () => Promise<readonly string[]>;
  /** What a tool was given on its input, or wrote down. */
  readonly given: (name: string) => Promise<string>;
  /** Makes the tools fail from now on whose arguments hold this. */
  readonly failTool: (text: string) => Promise<void>;
  /** `host:port` of each place that was connected to. */
  readonly places: () => ReadonlySet<string>;
}

/**
 * Makes the repository for an example.
 *
 * @param example its file in docs/examples
 */
export async function senders(example: string): Promise<Senders> {
  const text = await readFile(new URL(`docs/examples/${example}`, root), 'utf8');
  const repo = await repository({ extraNames: hosts });
  const { emulator } = repo;
  const proxy = await startProxy({
    kind: 'lead to',
    port: (target) => (target.startsWith('ingress.') ? emulator.ingestion.port : emulator.port),
  });
  const folder = await freshFolder('senders-');
  folders.push(folder);
  const inFolder = (name: string): string => join(folder, name).replaceAll('\\', '/');
  await writeFile(inFolder('ca.pem'), emulator.caCertificate);
  await tools(join(folder, 'commands'), inFolder);
  const read = (name: string): Promise<string> => readFile(inFolder(name), 'utf8');
  return {
    ...repo,
    play: (event) =>
      repo.run(text.replaceAll('\r\n', '\n'), event, {
        commandFolder: join(folder, 'commands'),
        env: {
          https_proxy: `http://${proxy.authority}`,
          INPUT_CA_CERTIFICATE: emulator.caCertificate,
          OTEL_EXPORTER_OTLP_CERTIFICATE: inFolder('ca.pem'),
        },
      }),
    tools: async () => {
      const lines = await read('calls').catch(() => '');
      return lines.split('\n').filter((line) => line !== '');
    },
    given: read,
    failTool: (what) => writeFile(inFolder('fails'), what),
    places: () => new Set(proxy.connects.map(({ target }) => target)),
  };
}

/** What stands for kubectl, helm, aws and fluent-bit; `npm start` is the real SDK of OpenTelemetry. */
async function tools(folder: string, inFolder: (name: string) => string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const calls = inFolder('calls');
  const noted = (name: string): string => `echo "${name} $*" >> '${calls}'
if [ -f '${inFolder('fails')}' ]; then
  case "$*" in *"$(cat '${inFolder('fails')}')"*) exit 1 ;; esac
fi
`;
  const scripts = {
    kubectl: `${noted('kubectl')}case "$1" in
  create) cat > '${inFolder('secret')}'; echo a manifest ;;
  apply) cat > '${inFolder('applied')}' ;;
esac`,
    helm: noted('helm'),
    aws: `${noted('aws')}cat > '${inFolder('secret')}'`,
    'fluent-bit': `${noted('fluent-bit')}printf '%s\\n%s\\n' "$Api_Key" "$Endpoint" > '${inFolder('variables')}'`,
    npm: `${noted('npm')}exec '${node24Path().replaceAll('\\', '/')}' '${exporter.replaceAll('\\', '/')}'`,
  };
  for (const [name, script] of Object.entries(scripts)) {
    await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, name), 0o755);
  }
}
