import type { PlaceholderValues } from '../names/template.ts';
import { readConnection } from './connection.ts';
import { operationNames, unusedInputs } from './declared.ts';
import { Fields, type RawInputs } from './fields.ts';
import { prepareNames } from './name.ts';
import { readOperation } from './operation.ts';
import type { StepRequest } from '../core/request.ts';
import { Secret } from '../core/secret.ts';

/** The step's inputs, read: a request, or all that is wrong. */
export type ReadStep =
  | { readonly step: StepRequest; readonly warnings: readonly string[] }
  | { readonly problems: readonly string[] };

/**
 * Reads the step's inputs into one typed request. Everything is checked, and nothing is sent.
 *
 * @param raw        the texts that the runner hands over
 * @param readValues gives what stands for the placeholders of a name template
 */
export function readStep(
  raw: RawInputs,
  readValues: (environmentInput: string | undefined) => PlaceholderValues,
): ReadStep {
  const fields = new Fields(raw);
  const operation = readOperationName(fields);
  const shared = readShared(fields, raw);
  const names = prepareNames(fields, readValues);
  const request = operation === undefined ? undefined : readOperation(operation, fields, names);
  if (fields.problems.length > 0 || shared === undefined || request === undefined) {
    return { problems: [...new Set(fields.problems)] };
  }
  return {
    step: { ...shared, operation: request },
    warnings: warnings(request, raw),
  };
}

/**
 * Reads what every operation needs: also for the post step, which has no operation of its own.
 *
 * @param fields collects what is wrong
 * @param raw    the texts that the runner hands over
 */
export function readShared(
  fields: Fields,
  raw: RawInputs,
): Omit<StepRequest, 'operation'> | undefined {
  const connection = readConnection(fields, raw);
  const token =
    fields.text('github_token') === undefined
      ? undefined
      : fields.credential('github_token', 'it is needed here');
  const seconds = fields.integer('timeout_seconds', { least: 1, most: 3600 });
  const summary = fields.boolean('summary');
  if (connection === undefined || seconds === undefined || summary === undefined) return undefined;
  return {
    connection,
    githubToken: token === undefined ? undefined : new Secret(token),
    timeoutMs: seconds * 1000,
    summary,
  };
}

function readOperationName(fields: Fields): (typeof operationNames)[number] | undefined {
  if (fields.text('operation') === undefined)
    return fields.problem(
      `\`operation\` is missing: it must be one of ${operationNames.join(', ')}.`,
    );
  return fields.choice('operation', operationNames);
}

function warnings(request: StepRequest['operation'], raw: RawInputs): readonly string[] {
  const { operation } = request;
  const unused = unusedInputs(operation, raw.input);
  const told = unused.map(
    (name) => `The input \`${name}\` is not used by \`${operation}\`, and has no effect.`,
  );
  const isInName = raw.input('name').includes('{environment}');
  if (raw.input('environment') !== '' && !isInName && raw.input('secret_name') === '') {
    told.push(
      '`environment` has no effect: it is for `{environment}` in `name`, and for `secret_name`.',
    );
  }
  if (operation === 'update' && /\{[a-z_]+\}/u.test(raw.input('new_name'))) {
    told.push('`new_name` is taken as it stands: only `name` is a template.');
  }
  if (raw.input('endpoint') !== '' && (raw.input('region') !== '' || raw.input('domain') !== '')) {
    told.push('`endpoint` is given, so `region` and `domain` have no effect.');
  }
  return told;
}
