import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import { isRecord } from './yaml-values.ts';

/** What expressions can name: `github`, `env`, `steps`, … with plain JSON in each. */
export type Contexts = Readonly<Record<string, unknown>>;

/** An expression that is malformed, or names what is not there: on GitHub it fails the step. */
export class ExpressionMistake extends Error {
  constructor(source: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`The expression "${source.trim()}" cannot be evaluated. ${why}`, { cause });
    this.name = 'ExpressionMistake';
  }
}

/** The functions of an `if:` that ask how things went so far. */
export interface StatusFunctions {
  readonly success: boolean;
  readonly failure: boolean;
  readonly cancelled: boolean;
}

const statusNames: ReadonlySet<string> = new Set(['success', 'failure', 'cancelled', 'always']);

/**
 * Fills in every `${{ … }}` of a text.
 *
 * @param template any text
 * @param contexts what the expressions may name
 * @throws ExpressionMistake when an expression is malformed or names something else
 */
export function fillIn(template: string, contexts: Contexts): string {
  return partsOf(template)
    .map((part) => (part.isExpression ? evaluate(part.text, contexts).coerceString() : part.text))
    .join('');
}

/**
 * The value of a text that may be one single expression: then of any type, else a string.
 *
 * @param template any text
 * @param contexts what the expressions may name
 * @throws ExpressionMistake as {@link fillIn}
 */
export function valueOf(template: string, contexts: Contexts): unknown {
  const parts = partsOf(template);
  const [only] = parts;
  if (parts.length !== 1 || only?.isExpression !== true) return fillIn(template, contexts);
  return JSON.parse(JSON.stringify(evaluate(only.text, contexts), data.replacer)) as unknown;
}

/**
 * Evaluates an `if:`. Without a function that asks for the status, `success()` is required too.
 *
 * @param condition an expression, with or without `${{ }}` around it; absent means `success()`
 * @param contexts  what it may name
 * @param status    what the status functions answer
 * @throws ExpressionMistake as {@link fillIn}
 */
export function holds(
  condition: string | undefined,
  contexts: Contexts,
  status: StatusFunctions,
): boolean {
  const parts = partsOf((condition ?? '').trim());
  const [only] = parts;
  // A text that mixes expressions and plain text is a string, and true unless empty, as on GitHub.
  const source =
    parts.length === 1 && only !== undefined
      ? only.text
      : `'${fillIn(condition ?? '', contexts).replaceAll("'", "''")}'`;
  if (source.trim() === '' || (condition ?? '').trim() === '') return status.success;
  const result = isTrue(evaluate(source, contexts, status));
  return asksForStatus(source) ? result : status.success && result;
}

function isTrue(value: data.ExpressionData): boolean {
  const plain = JSON.parse(JSON.stringify(value, data.replacer)) as unknown;
  return Boolean(plain);
}

function asksForStatus(source: string): boolean {
  // Evaluated before, so that it is well-formed.
  const { tokens } = new Lexer(source).lex();
  return tokens.some(
    (token, at) => statusNames.has(token.lexeme.toLowerCase()) && tokens[at + 1]?.lexeme === '(',
  );
}

function evaluate(
  source: string,
  contexts: Contexts,
  status?: StatusFunctions,
): data.ExpressionData {
  const functions =
    status === undefined
      ? []
      : Object.entries({ ...status, always: true }).map(([name, answer]) => ({
          name,
          minArgs: 0,
          maxArgs: 0,
          call: () => new data.BooleanData(answer),
        }));
  const names = Object.keys(contexts);
  try {
    const tree = new Parser(new Lexer(source).lex().tokens, names, functions).parse();
    const pairs = names.map((key) => ({ key, value: toData(contexts[key]) }));
    const byName = new Map(functions.map((definition) => [definition.name, definition]));
    return new Evaluator(tree, new data.Dictionary(...pairs), byName).evaluate();
  } catch (error) {
    throw new ExpressionMistake(source, error);
  }
}

function toData(value: unknown): data.ExpressionData {
  // With a reviver that makes ExpressionData of every value, the whole is one too.
  return JSON.parse(JSON.stringify(value ?? null), data.reviver) as data.ExpressionData;
}

/** Fills in every text of a mapping. */
export function fillInAll(
  templates: Readonly<Record<string, string>>,
  contexts: Contexts,
): Readonly<Record<string, string>> {
  const filled = Object.entries(templates).map(([name, text]) => [name, fillIn(text, contexts)]);
  return Object.fromEntries(filled) as Record<string, string>;
}

/** Evaluates every text in a setting: a text, or a mapping of settings. */
export function evaluated(value: unknown, contexts: Contexts): unknown {
  if (typeof value === 'string') return valueOf(value, contexts);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, evaluated(v, contexts)]));
}

interface Part {
  readonly isExpression: boolean;
  readonly text: string;
}

/** Cuts a text at `${{` and `}}`; the latter does not count inside a quoted string. */
function partsOf(template: string): readonly Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (let open = template.indexOf('${{'); open >= 0; open = template.indexOf('${{', at)) {
    const close = /^(?:'[^']*'|[^'])*?\}\}/u.exec(template.slice(open + 3));
    if (close === null) throw new ExpressionMistake(template.slice(open), 'It is not closed.');
    if (open > at) parts.push({ isExpression: false, text: template.slice(at, open) });
    parts.push({ isExpression: true, text: close[0].slice(0, -2) });
    at = open + 3 + close[0].length;
  }
  if (at < template.length) parts.push({ isExpression: false, text: template.slice(at) });
  return parts;
}
