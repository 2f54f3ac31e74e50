import type { Fault, FaultKind, FaultRule } from './faults.ts';
import { rpcNames } from './rpc.ts';

/** What a field must be, in words for the reader, and whether it must be there. */
interface Field {
  readonly wanted: string;
  readonly isRequired: boolean;
  readonly accepts: (value: unknown) => boolean;
}

/** Every field of a thing but its kind; a field that the type has and the table lacks is an error. */
type Fields<Thing> = Readonly<Record<Exclude<keyof Thing, 'kind'>, Field>>;
type FaultFields = { readonly [Kind in FaultKind]: Fields<Extract<Fault, { kind: Kind }>> };

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => typeof value === 'string';
const isCount = (value: unknown): boolean => typeof value === 'number' && value >= 0;
const areTexts = (value: unknown): boolean => isObject(value) && Object.values(value).every(isText);

const field = (wanted: string, accepts: (value: unknown) => boolean): Field => ({
  wanted,
  accepts,
  isRequired: false,
});
const required = (wanted: Field): Field => ({ ...wanted, isRequired: true });

const text = field('a text', isText);
const count = field('a number from 0', isCount);
const flag = field('true or false', (value) => typeof value === 'boolean');
const code = field('a number or a text', (value) => isText(value) || typeof value === 'number');
const when = field('"before" or "after"', (value) => value === 'before' || value === 'after');
const violations = field(
  'a list of {field, description}',
  (value) => Array.isArray(value) && value.every(areTexts),
);
const errorInfo = field(
  '{reason, domain, metadata}',
  (value) => isObject(value) && isText(value['reason']) && isText(value['domain']),
);

const faultFields: FaultFields = {
  status: {
    code: required(code),
    message: text,
    retryDelayMs: count,
    fieldViolations: violations,
    errorInfo,
    when,
  },
  delay: { ms: required(count), when },
  hang: {},
  'commit-then-hang': {},
  drop: {},
  'commit-then-drop': {},
  reset: { code: count, when },
  goaway: { code: count, close: flag, when },
  'http-status': { status: required(count), body: text, contentType: text, when },
  'malformed-frame': { when },
  'oversize-message': {},
  'truncated-message': {},
  'undecodable-message': {},
  'two-messages': {},
  'no-message': {},
  'no-trailers': {},
  'slow-drip': { ms: required(count) },
  'large-reply': { bytes: required(count) },
  'message-then-error': { code: required(code), message: text },
};

const ruleFields: Fields<FaultRule> = {
  fault: required(field('an object with a kind', isObject)),
  rpc: field(
    `"*" or one of ${rpcNames.join(', ')}`,
    (value) => value === '*' || rpcNames.some((name) => name === value),
  ),
  times: field('a number from 0, or "always"', (value) => value === 'always' || isCount(value)),
  skip: count,
  probability: field('a number from 0 to 1', (value) => isCount(value) && Number(value) <= 1),
  seed: count,
};

/**
 * Reads a {@link FaultRule} from JSON. As JSON has no Infinity, `times` may be `"always"`.
 *
 * @param json for instance `{"rpc": "CreateApiKey", "fault": {"kind": "commit-then-drop"}}`
 * @throws Error with all that is wrong with it, in sentences
 */
export function parseFaultRule(json: string): FaultRule {
  const parsed: unknown = parseJson(json);
  const problems = check(parsed, ruleFields, 'the rule');
  const fault = isObject(parsed) ? parsed['fault'] : undefined;
  if (isObject(fault)) problems.push(...checkFault(fault));
  if (problems.length > 0) throw new Error(problems.join(' '));
  const rule = parsed as Omit<FaultRule, 'times'> & { readonly times?: number | 'always' };
  return { ...rule, times: rule.times === 'always' ? Infinity : (rule.times ?? 1) };
}

function checkFault({ kind, ...fields }: Readonly<Record<string, unknown>>): string[] {
  const known = Object.entries(faultFields).find(([name]) => name === kind);
  if (known === undefined) {
    return [`The fault's kind must be one of ${Object.keys(faultFields).join(', ')}.`];
  }
  return check(fields, known[1], `the fault ${known[0]}`);
}

function check(value: unknown, fields: Readonly<Record<string, Field>>, of: string): string[] {
  if (!isObject(value)) return [`${of} must be a JSON object.`];
  const unknown = Object.keys(value)
    .filter((name) => !Object.hasOwn(fields, name))
    .map((name) => `${JSON.stringify(name)} is no field of ${of}.`);
  const wrong = Object.entries(fields).flatMap(([name, { wanted, isRequired, accepts }]) => {
    const given = value[name];
    if (given === undefined) return isRequired ? [`${name} of ${of} is missing.`] : [];
    return accepts(given) ? [] : [`${name} of ${of} must be ${wanted}.`];
  });
  return [...unknown, ...wrong];
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new Error('It is no JSON.');
  }
}
