import type {
  KeySelector,
  CreateOptions,
  OperationName,
  Request,
  SecretTarget,
} from '../core/request.ts';
import { secretNameProblem } from '../names/github-names.ts';
import { looksProvisional } from '../names/stamp.ts';
import { quote } from '../core/text.ts';
import type { Fields } from './fields.ts';
import type { Names } from './name.ts';

/**
 * Reads what the operation is asked to do.
 *
 * @param operation which one
 * @param fields    collects what is wrong
 * @param names     reads the `name` input
 * @returns undefined when something is wrong
 */
export function readOperation(
  operation: OperationName,
  fields: Fields,
  names: Names,
): Request | undefined {
  switch (operation) {
    case 'create': {
      const making = readMaking(operation, fields, names);
      const lifetime = fields.choice('lifetime', lifetimes);
      return making && lifetime && { operation, ...making, lifetime };
    }
    case 'ensure': {
      const making = readMaking(operation, fields, names);
      const lifetime = fields.choice('lifetime', lifetimes);
      const onExisting = fields.choice('on_existing', ['reuse', 'rotate', 'fail']);
      if (lifetime === 'job' && onExisting === 'rotate') {
        // The old key would go with the job's success, and the new one with its end.
        fields.problem(
          '`lifetime: job` and `on_existing: rotate` contradict each other: the new key would replace the old one and end with the job, and no key would be left. Use another `name` for the job, or another `on_existing`.',
        );
      }
      return making && lifetime && onExisting && { operation, ...making, lifetime, onExisting };
    }
    case 'rotate': {
      const making = readMaking(operation, fields, names);
      const retireWhen = fields.choice('retire_when', ['job_succeeds', 'now', 'never']);
      return making && retireWhen && { operation, ...making, retireWhen };
    }
    case 'get': {
      const key = readSelector(operation, fields, names);
      return key && { operation, key };
    }
    case 'list':
      return { operation, name: names.exact() };
    case 'update':
      return readUpdate(fields, names);
    case 'delete':
    case 'activate':
    case 'deactivate': {
      const keys = readTargets(operation, fields, names);
      const dryRun = fields.boolean('dry_run');
      return keys && dryRun !== undefined ? { operation, keys, dryRun } : undefined;
    }
    case 'prune': {
      const template = names.backwards();
      const retire = fields.choice('retire', retirements);
      const most = fields.integer('max_prune', { least: 0, most: 100_000 });
      const dryRun = fields.boolean('dry_run');
      fields.required('github_token', 'GitHub has to be asked what still exists');
      if (template === undefined || retire === undefined) return undefined;
      if (most === undefined || dryRun === undefined) return undefined;
      return { operation, template, retire, most, dryRun };
    }
  }
}

const lifetimes = ['permanent', 'job'] as const;
const retirements = ['deactivate', 'delete'] as const;

function readMaking(
  operation: OperationName,
  fields: Fields,
  names: Names,
): CreateOptions | undefined {
  if (fields.text('name') === undefined) {
    fields.problem(`\`name\` is missing: \`${operation}\` needs the name of the key.`);
  }
  const name = ownName(fields, 'name', names.exact());
  fields.required(
    'team_id',
    'it is the number of the team that will own the key',
    'CORALOGIX_TEAM_ID',
  );
  const teamId = fields.integer('team_id', {
    least: 1,
    most: 4_294_967_295,
    variable: 'CORALOGIX_TEAM_ID',
  });
  const hashed = fields.boolean('hashed');
  const retire = fields.choice('retire', retirements);
  const dryRun = fields.boolean('dry_run');
  const secret = readSecret(fields);
  if (secret !== undefined && fields.text('lifetime') === 'job' && operation !== 'rotate') {
    fields.problem(
      '`secret_name` and `lifetime: job` contradict each other: the secret would outlive its key.',
    );
  }
  if (name === undefined || teamId === undefined || hashed === undefined) return undefined;
  if (retire === undefined || dryRun === undefined) return undefined;
  return { name, teamId, hashed, retire, dryRun, secret };
}

/** A name that this action gives to a key. */
function ownName(
  fields: Fields,
  input: 'name' | 'new_name',
  text: string | undefined,
): string | undefined {
  const name = fields.newName(input, text);
  if (name === undefined || !looksProvisional(name)) return name;
  return fields.problem(
    `\`${input}\` is ${quote(name)}: " ~pending-" marks keys that are being made, which are deleted after a while.`,
  );
}

function readSecret(fields: Fields): SecretTarget | undefined {
  const secretName = fields.text('secret_name');
  if (secretName === undefined) return undefined;
  const wrong = secretNameProblem(secretName);
  if (wrong !== undefined) return fields.problem(`\`secret_name\`: ${wrong}`);
  fields.required('github_token', 'storing a secret needs a token that may write secrets');
  return { secretName, environment: fields.text('environment') };
}

function readSelector(
  operation: OperationName,
  fields: Fields,
  names: Names,
): KeySelector | undefined {
  const targets = readTargets(operation, fields, names);
  if (targets === undefined) return undefined;
  if (targets.by === 'name') return targets;
  const [id] = targets.ids;
  if (targets.ids.length === 1 && id !== undefined) return { by: 'id', id };
  return fields.problem(`\`key_id\` holds ${targets.ids.length} ids: \`${operation}\` takes one.`);
}

type Targets =
  | { readonly by: 'ids'; readonly ids: readonly string[] }
  | { readonly by: 'name'; readonly name: string };

function readTargets(operation: OperationName, fields: Fields, names: Names): Targets | undefined {
  const ids = fields.keyIds();
  const hasId = fields.text('key_id') !== undefined;
  const hasName = fields.text('name') !== undefined;
  if (hasId && hasName) {
    return fields.problem(
      `Both \`key_id\` and \`name\` are given: \`${operation}\` takes one of them.`,
    );
  }
  if (hasId) return ids === undefined ? undefined : { by: 'ids', ids };
  if (!hasName) {
    return fields.problem(
      `\`key_id\` or \`name\` is missing: \`${operation}\` needs to know which key.`,
    );
  }
  const name = names.exact();
  return name === undefined ? undefined : { by: 'name', name };
}

function readUpdate(fields: Fields, names: Names): Request | undefined {
  const key = readSelector('update', fields, names);
  const newName = ownName(fields, 'new_name', fields.text('new_name'));
  const active = fields.boolean('is_active');
  const dryRun = fields.boolean('dry_run');
  if (fields.text('new_name') === undefined && fields.text('is_active') === undefined) {
    fields.problem(
      '`new_name` and `is_active` are both missing: `update` needs one of them, or both.',
    );
  }
  if (key === undefined || dryRun === undefined) return undefined;
  return { operation: 'update', key, newName, active, dryRun };
}
