import { all, ok, wrong, type Result } from './core/result.ts';
import { parseUrl } from './core/text.ts';
import { apiUrlIn } from './github/destination.ts';
import {
  readEndpoint,
  readIngestionPlace,
  readSettings,
  type StepSettings,
} from './inputs/connection.ts';
import {
  commonInputs,
  inputNames,
  isChosen,
  isStrict,
  type InputName,
  type InputRecord,
} from './inputs/declared.ts';
import { Inputs, type ReadPlaceholders } from './inputs/inputs.ts';
import { isLoopback } from './network/endpoint.ts';
import { operationNames, rowOf, type OperationName, type Request } from './operations/index.ts';

/** What the runner was asked for as a whole. */
export interface StepRequest extends StepSettings {
  readonly operation: Request;
  /** Sentences on inputs that have no effect, or another one than it seems. */
  readonly warnings: readonly string[];
}

/**
 * Reads the step's inputs into one typed request. Everything is checked, and nothing is sent.
 *
 * @param record           what the runner hands over
 * @param readPlaceholders gives what stands for the placeholders of a name template
 * @returns the request, or all that is wrong with the inputs
 */
export function readStep(
  record: InputRecord,
  readPlaceholders: ReadPlaceholders,
): Result<StepRequest> {
  const inputs = new Inputs(record, readPlaceholders);
  const name = readOperationName(inputs);
  const read = all({
    name,
    settings: readSettings(inputs),
    template: inputs.nameTemplate(),
    operation: name.ok ? rowOf(name.value).read(inputs) : ok(undefined),
    strict: name.ok ? checkStrict(name.value, inputs) : ok(undefined),
    storing: name.ok ? checkStoring(name.value, inputs) : ok(undefined),
    verifying: name.ok ? checkVerifying(name.value, inputs) : ok(undefined),
  });
  if (!read.ok) return read;
  const { settings, operation } = read.value;
  if (operation === undefined) return wrong('`operation` is missing.');
  return ok({ ...settings, operation, warnings: warnings(operation.operation, inputs) });
}

/** What must not be given where it is not used: what it holds would be lost. */
function checkStrict(operation: OperationName, inputs: Inputs): Result<undefined> {
  const misplaced = unusedInputs(operation, inputs).filter(isStrict);
  return misplaced.length === 0
    ? ok(undefined)
    : wrong(
        ...misplaced.map((name) => `\`${name}\` is given, and \`${operation}\` does not use it.`),
      );
}

/** The value of a key of the emulator must not replace a secret that something real depends on. */
function checkStoring(operation: OperationName, inputs: Inputs): Result<undefined> {
  const isUsed = rowOf(operation).inputs.includes('secret_name');
  const endpoint = readEndpoint(inputs);
  const isOfEmulator = endpoint.ok && endpoint.value.loopback;
  if (!isUsed || inputs.text('secret_name') === undefined || !isOfEmulator) return ok(undefined);
  const host = parseUrl(apiUrlIn(inputs.environment))?.hostname.replace(/^\[|\]$/gu, '') ?? '';
  return isLoopback(host)
    ? ok(undefined)
    : wrong(
        '`secret_name` is given, and `endpoint` is a loopback address: nothing is stored on GitHub of what an emulator has made. Leave `secret_name` out.',
      );
}

/** A proof needs to know where telemetry goes. */
function checkVerifying(operation: OperationName, inputs: Inputs): Result<unknown> {
  const verify = inputs.boolean('verify');
  const isAsked = rowOf(operation).inputs.includes('verify') && verify.ok && verify.value;
  return isAsked ? readIngestionPlace(inputs) : ok(undefined);
}

function readOperationName(inputs: Inputs): Result<OperationName> {
  return inputs.text('operation') === undefined
    ? wrong(`\`operation\` is missing: it must be one of ${operationNames.join(', ')}.`)
    : inputs.choice('operation', operationNames, { anyCase: true });
}

function warnings(operation: OperationName, inputs: Inputs): readonly string[] {
  const unused = unusedInputs(operation, inputs).filter((name) => !isStrict(name));
  const told = unused.map(
    (name) => `The input \`${name}\` is not used by \`${operation}\`, and has no effect.`,
  );
  const isInName = inputs.text('name')?.includes('{environment}') === true;
  const isGiven = inputs.text('environment') !== undefined;
  if (isGiven && !isInName && inputs.text('secret_name') === undefined) {
    told.push(
      '`environment` has no effect: it is for `{environment}` in `name`, and for `secret_name`.',
    );
  }
  told.push(...(rowOf(operation).remarks?.(inputs) ?? []));
  const isPlaced = inputs.text('region') !== undefined || inputs.text('domain') !== undefined;
  if (inputs.text('endpoint') !== undefined && isPlaced) {
    const ingestion = readIngestionPlace(inputs);
    // Where telemetry goes does not follow from every endpoint.
    const isUsed = ingestion.ok && !ingestion.value.placedBy.includes('endpoint');
    const effect = isUsed ? 'say only where telemetry goes' : 'have no effect';
    told.push(`\`endpoint\` is given, so \`region\` and \`domain\` ${effect}.`);
  }
  return told;
}

/**
 * The inputs that a workflow gives and the operation does not use.
 *
 * @param operation which operation
 * @param inputs    the step's inputs
 */
export function unusedInputs(operation: OperationName, inputs: Inputs): readonly InputName[] {
  const used = [...commonInputs, ...rowOf(operation).inputs];
  return inputNames.filter((name) => isChosen(name, inputs.text(name)) && !used.includes(name));
}
