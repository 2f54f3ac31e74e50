import { getInput } from '@actions/core';
import { holdsCredential } from '../core/credential-like.ts';
import { leastLength } from '../core/redaction.ts';
import { defaultOf, inputNames, type InputName, type InputRecord } from '../inputs/declared.ts';
import { mask } from './masks.ts';
import { unquoted } from '../core/text.ts';

/** The step's inputs and the process's environment, as the runner hands them over. */
export function readInputs(): InputRecord {
  const texts = inputNames.map((name) => [name, handedOver(name)]);
  return {
    inputs: Object.fromEntries(texts) as Record<InputName, string>,
    environment: { ...process.env },
  };
}

/** Where credentials belong. */
const credentialInputs: readonly InputName[] = ['api_key', 'github_token', 'stored_value'];

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
 * masked as it stands, whether or not it is well-formed; also one that was pasted into the wrong place.
 */
export function maskCredentials({ inputs, environment }: InputRecord): void {
  maskCredential(inputs.api_key);
  maskCredential(environment['CORALOGIX_API_KEY']?.trim() ?? '');
  maskCredential(inputs.github_token);
  if (inputs.stored_value !== defaultOf('stored_value')) maskCredential(inputs.stored_value);
  for (const name of inputNames) {
    // What is public in a certificate need not be masked, and its private key is no use of ours.
    const isElsewhere = !credentialInputs.includes(name) && name !== 'ca_certificate';
    if (isElsewhere && holdsCredential(inputs[name])) mask(inputs[name]);
  }
  for (const [name, value = ''] of Object.entries(environment)) {
    if (/^(?:grpc|https?)_proxy$/iu.test(name)) maskProxyPassword(value);
  }
}

/** As it stands, and as it is used: without quotes around it. */
function maskCredential(text: string): void {
  mask(text);
  mask(unquoted(text));
}

/**
 * A proxy's URL may hold a password, in clear or with % escapes, or a token in the place of the user.
 * Also when it is written wrongly, with an `@` or a `/` that is not escaped.
 */
function maskProxyPassword(url: string): void {
  const written = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(.*)@/iu.exec(url.trim())?.[1];
  if (written === undefined) return;
  const [, user = '', password = written] = /^([^:]*:)(.*)$/su.exec(written) ?? [];
  maskPassword(user, password);
  try {
    maskPassword(user, decodeURIComponent(password));
  } catch {
    // A broken escape is told as a problem with the inputs.
  }
}

/**
 * A short one would turn words of the whole job's log into `***`, so it is masked where it can be told apart:
 * between its user and the host, and as it is sent (https://www.rfc-editor.org/rfc/rfc7617#section-2).
 */
function maskPassword(user: string, password: string): void {
  if (password.length >= leastLength || password === '') {
    mask(password);
    return;
  }
  mask(`${user}${password}@`);
  mask(Buffer.from(user === '' ? `${password}:` : `${user}${password}`).toString('base64'));
}
