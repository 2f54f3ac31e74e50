import { getInput } from '@actions/core';
import { defaultOf, inputNames, type InputName, type InputRecord } from '../inputs/declared.ts';
import { mask } from './masks.ts';

/** The step's inputs and the process's environment, as the runner hands them over. */
export function readInputs(): InputRecord {
  const texts = inputNames.map((name) => [name, handedOver(name)]);
  return {
    inputs: Object.fromEntries(texts) as Record<InputName, string>,
    environment: { ...process.env },
  };
}

/**
 * The runner hands over every input, with the defaults of `action.yml`. Whoever starts the script without
 * it leaves some out, which is not the same as blank.
 */
function handedOver(name: InputName): string {
  const isThere = process.env[`INPUT_${name.toUpperCase()}`] !== undefined;
  return isThere ? getInput(name) : (defaultOf(name) ?? '');
}

/**
 * Masks the credentials among the inputs, before any other statement that could print. Each is
 * masked as it stands, whether or not it is well-formed.
 */
export function maskCredentials({ inputs, environment }: InputRecord): void {
  mask(inputs.api_key);
  mask(environment['CORALOGIX_API_KEY']?.trim() ?? '');
  mask(inputs.github_token);
  if (inputs.stored_value !== defaultOf('stored_value')) mask(inputs.stored_value);
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
