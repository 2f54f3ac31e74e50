import { answerRows } from './answers.ts';
import { connectionRows } from './connection.ts';
import { proxyRows } from './proxy.ts';
import type { Rows } from './situation.ts';
import { streamRows } from './streams.ts';
import { tlsRows } from './tls.ts';

/**
 * Everything that can happen to a call, for real: a server, a proxy or nobody on a socket of this
 * machine. Used by the contract test, in the running Node and, as a program, in Node 24.
 */
export const situations: Rows = {
  ...connectionRows,
  ...tlsRows,
  ...proxyRows,
  ...streamRows,
  ...answerRows,
};
