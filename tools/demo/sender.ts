import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { freshFolder, node24Path } from '../job-runner/index.ts';

/** Beside this file, compiled as it is. */
const application = fileURLToPath(new URL('application.js', import.meta.url));

/** Nothing of it takes so long: the exporters try for ten seconds. In milliseconds. */
const longestMs = 30_000;

/** What an application is set up with: the outputs of the action, as they are. */
export interface SenderVariables {
  readonly OTEL_EXPORTER_OTLP_ENDPOINT: string;
  readonly OTEL_EXPORTER_OTLP_HEADERS: string;
}

/**
 * Runs the application once, with these variables and a CA besides that it is to trust.
 *
 * @param caCertificate PEM text
 * @returns what it printed, a line for each signal, sorted
 * @throws Error when it printed something else, or did not end
 */
export async function send(
  variables: SenderVariables,
  caCertificate: string,
): Promise<readonly string[]> {
  const folder = await freshFolder('demo-application-');
  try {
    const ca = join(folder, 'ca.pem');
    await writeFile(ca, caCertificate);
    const { PATH = '', SystemRoot = '' } = process.env;
    const child = spawn(node24Path(), [application], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH, SystemRoot, OTEL_EXPORTER_OTLP_CERTIFICATE: ca, ...variables },
      timeout: longestMs,
    });
    const [said, problems] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    const lines = said.split('\n').filter((line) => line !== '');
    if (problems !== '' || lines.length !== 3) {
      throw new Error(`The application did not do what it should. ${problems}`);
    }
    return lines.sort();
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
