import { getInput } from '@actions/core';
import type { RawInputs } from '../inputs/fields.ts';
import { mask } from './masks.ts';

/** The step's inputs and the process's environment, as the runner hands them over. */
export const rawInputs: RawInputs = {
  input: (name) => getInput(name),
  environment: process.env,
};

/**
 * Masks the credentials among the inputs, before any other statement that could print. Each is
 * masked as it stands, whether or not it is well-formed.
 */
export function maskCredentials({ input, environment }: RawInputs): void {
  mask(input('api_key'));
  mask(environment['CORALOGIX_API_KEY']?.trim() ?? '');
  mask(input('github_token'));
  for (const [name, value = ''] of Object.entries(environment)) {
    if (/^(?:grpc|https?)_proxy$/iu.test(name)) maskProxyPassword(value);
  }
}

/**
 * A proxy's URL may hold a password, in clear or with % escapes, or a token in the place of the user.
 * Also when it is written wrongly, with an `@` or a `/` that is not escaped.
 */
function maskProxyPassword(url: string): void {
  const written = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(.*)@/iu.exec(url.trim())?.[1];
  if (written === undefined) return;
  const password = written.includes(':') ? written.slice(written.indexOf(':') + 1) : written;
  mask(password);
  try {
    mask(decodeURIComponent(password));
  } catch {
    // A broken escape is told as a problem with the inputs.
  }
}
