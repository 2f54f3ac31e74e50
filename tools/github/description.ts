import { createRequire } from 'node:module';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { GitHubAnswer } from './faults.ts';

/**
 * GitHub's own description of its REST interface (https://github.com/github/rest-api-description, as the
 * package `@octokit/openapi` holds it), and whether a request and an answer are as it says. It is
 * stricter than the description's own reading: what it does not name, nobody may send.
 */

type Json = Readonly<Record<string, unknown>>;

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Json;
}

interface Operation {
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<
    Record<string, { readonly content?: Content; readonly $ref?: string }>
  >;
}

type Content = Readonly<Record<string, { readonly schema: Json }>>;

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly examples: Readonly<Record<string, { readonly value: unknown }>>;
    readonly schemas: Json;
  };
}

/** A request, as it came. */
export interface DescribedRequest {
  readonly method: string;
  /** Below the interface's root, still encoded, with its query. */
  readonly path: string;
  readonly contentType: string | undefined;
  readonly body: string;
}

let loaded: Description | undefined;

function description(): Description {
  loaded ??= createRequire(import.meta.url)(
    '@octokit/openapi/generated/api.github.com.json',
  ) as Description;
  return loaded;
}

/** A value that the description gives as an example. */
export function example(name: string): unknown {
  return structuredClone(description().components.examples[name]?.value);
}

/**
 * What is wrong with a request by GitHub's description.
 *
 * @returns sentences; none when all is right
 */
export function requestProblems(request: DescribedRequest): readonly string[] {
  const { method, path, contentType, body } = request;
  const url = new URL(path, 'http://127.0.0.1');
  const found = find(method, url.pathname);
  if (found === undefined) return [`there is no ${method} ${url.pathname}`];
  const { operation, values } = found;
  const given = new Map([...url.searchParams].map(([name, value]) => [name, value]));
  const problems: string[] = [];
  for (const parameter of parametersOf(operation)) {
    const { name, schema, required } = parameter;
    const value = parameter.in === 'path' ? values.get(name) : given.get(name);
    if (parameter.in === 'query') given.delete(name);
    if (value === undefined && required === true) problems.push(`the parameter ${name} is missing`);
    if (value !== undefined) problems.push(...valueProblems(name, schema, value));
  }
  for (const name of given.keys()) problems.push(`nothing is called ${name} in the query`);
  return [...problems, ...bodyProblems(operation, contentType, body)];
}

function bodyProblems(
  { requestBody }: Operation,
  contentType: string | undefined,
  body: string,
): readonly string[] {
  if (requestBody === undefined) return body === '' ? [] : ['it has a body'];
  if (contentType?.startsWith('application/json') !== true) return ['its body is called no JSON'];
  const { schema } = requestBody.content['application/json'] ?? {};
  if (schema === undefined) return ['JSON is not what it takes'];
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return ['its body is no JSON'];
  }
  return [...problemsWith(schema, parsed), ...unnamed(schema, parsed)];
}

/** The description lets everything in that it does not name; what is sent has to be named. */
function unnamed(schema: Json, body: unknown): readonly string[] {
  const named = schema['properties'];
  if (typeof body !== 'object' || body === null || typeof named !== 'object') return [];
  return Object.keys(body)
    .filter((name) => !Object.hasOwn(named ?? {}, name))
    .map((name) => `nothing is called ${name} in the body`);
}

/**
 * What is wrong with an answer by GitHub's description. One that is not in it, and says why, has to be an
 * error in GitHub's usual form.
 *
 * @param request what it answers
 * @param answer  before any fault
 * @returns sentences; none when all is right
 */
export function answerProblems(
  { method, path }: DescribedRequest,
  answer: GitHubAnswer,
): readonly string[] {
  const { status, body, undescribed } = answer;
  const found = find(method, new URL(path, 'http://127.0.0.1').pathname);
  const responses = found?.operation.responses ?? {};
  const described = responses[String(status)];
  if (described === undefined) {
    return undescribed === undefined
      ? [`the status ${status} is none that it has`]
      : problemsWith({ $ref: '#/components/schemas/basic-error' }, body);
  }
  const { content } = resolve(described);
  if (content === undefined) return body === undefined ? [] : ['it has a body'];
  const schema = content['application/json']?.schema;
  return schema === undefined ? ['JSON is not what it gives'] : problemsWith(schema, body);
}

interface Found {
  readonly operation: Operation;
  readonly values: ReadonlyMap<string, string>;
}

function find(method: string, pathname: string): Found | undefined {
  const parts = pathname.split('/');
  const matches = Object.entries(description().paths)
    .map(([template, operations]) => ({
      operation: operations[method.toLowerCase()],
      values: match(template.split('/'), parts),
    }))
    .filter((each): each is Found => each.operation !== undefined && each.values !== undefined);
  // `public-key` is no secret's name: what is written out goes before what is left open.
  return matches.sort((a, b) => a.values.size - b.values.size)[0];
}

function match(
  template: readonly string[],
  parts: readonly string[],
): ReadonlyMap<string, string> | undefined {
  if (template.length !== parts.length) return undefined;
  const values = new Map<string, string>();
  for (const [index, name] of template.entries()) {
    const part = parts[index] ?? '';
    if (name.startsWith('{') && part !== '')
      values.set(name.slice(1, -1), decodeURIComponent(part));
    else if (name !== part) return undefined;
  }
  return values;
}

function parametersOf({ parameters = [] }: Operation): readonly Parameter[] {
  return parameters.map((each) => resolve(each as Parameter));
}

function resolve<T extends object>(part: T): T {
  if (!('$ref' in part)) return part;
  const names = String(part.$ref).slice(2).split('/');
  return names.reduce<unknown>((here, name) => (here as Json)[name], description()) as T;
}

/** A parameter is a text; the description says what it stands for. */
function valueProblems(name: string, schema: Json, text: string): readonly string[] {
  const isNumber = schema['type'] === 'integer' && /^\d+$/u.test(text);
  return problemsWith(schema, isNumber ? Number(text) : text).map((each) => `${name}: ${each}`);
}

const validators = new WeakMap<object, ValidateFunction>();

// Formats are not judged, and words of OpenAPI that are none of JSON Schema mean nothing here.
const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, logger: false });

function problemsWith(schema: Json, value: unknown): readonly string[] {
  let validate = validators.get(schema);
  if (validate === undefined) {
    validate = ajv.compile({ ...schema, components: { schemas: schemasIn(schema) } });
    validators.set(schema, validate);
  }
  return validate(value) ? [] : (validate.errors ?? []).map(told);
}

/** The named schemas that one refers to, and those that they refer to: a few of many hundreds. */
function schemasIn(schema: Json): Json {
  const found: Record<string, unknown> = {};
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    const { $ref } = part as { readonly $ref?: unknown };
    if (typeof $ref === 'string') {
      const name = $ref.replace('#/components/schemas/', '');
      if (Object.hasOwn(found, name)) return;
      found[name] = description().components.schemas[name];
      visit(found[name]);
    }
    for (const each of Object.values(part)) visit(each);
  };
  visit(schema);
  return found;
}

function told({ instancePath, message = '' }: ErrorObject): string {
  return `${instancePath === '' ? 'it' : instancePath} ${message}`;
}
