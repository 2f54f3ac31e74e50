import bundle from './bundle.mjs';
import coralogix from './coralogix.mjs';
import github from './github.mjs';
import inputs from './inputs.mjs';
import jobEnd from './job-end.mjs';
import operations from './operations.mjs';
import proofAndTime from './proof-and-time.mjs';
import protocols from './protocols.mjs';

/**
 * Each mutant: where, what stands there, what stands there instead, and a test that has to fail then, as
 * a file below `__tests__` and a part of its name. One that a test below `e2e/` judges is compiled, so
 * every name stays in use there.
 */
export const mutants = [
  ...jobEnd,
  ...operations,
  ...protocols,
  ...proofAndTime,
  ...inputs,
  ...github,
  ...coralogix,
  ...bundle,
];
