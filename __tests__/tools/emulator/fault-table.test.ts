import { describe, expect, test } from '@jest/globals';
import { FaultTable } from '../../../tools/emulator/fault-table.ts';
import type { FaultRule } from '../../../tools/emulator/faults.ts';
import type { RpcName } from '../../../tools/emulator/rpc.ts';

const status = (code: number): FaultRule['fault'] => ({ kind: 'status', code });

/** Which codes so many calls meet; 0 for none. */
function met(rules: readonly FaultRule[], calls: number, rpc: RpcName = 'GetApiKey'): number[] {
  const table = new FaultTable();
  for (const rule of rules) table.inject(rule);
  return Array.from({ length: calls }, () => {
    const fault = table.take(rpc);
    return fault?.kind === 'status' ? Number(fault.code) : 0;
  });
}

describe('which call meets which fault', () => {
  test('a rule applies once if it does not say more, and then the next one does', () => {
    expect(met([{ fault: status(1) }, { fault: status(2) }], 3)).toEqual([1, 2, 0]);
  });

  test('a rule about another RPC is passed over and keeps its place', () => {
    const table = new FaultTable();
    table.inject({ rpc: 'CreateApiKey', fault: status(1) });
    table.inject({ rpc: '*', fault: status(2) });
    expect(table.take('GetApiKey')).toEqual(status(2));
    expect(table.take('GetApiKey')).toBeUndefined();
    expect(table.take('CreateApiKey')).toEqual(status(1));
  });

  test('it can apply several times, after some calls were let through', () => {
    expect(met([{ fault: status(1), skip: 2, times: 2 }], 6)).toEqual([0, 0, 1, 1, 0, 0]);
  });

  test('it can apply always, and never', () => {
    expect(met([{ fault: status(1), times: Infinity }], 3)).toEqual([1, 1, 1]);
    expect(met([{ fault: status(1), times: Infinity, probability: 0 }], 3)).toEqual([0, 0, 0]);
    expect(met([{ fault: status(1), times: 0 }], 1)).toEqual([0]);
  });

  test('a chance applies about as often as it says, and the same calls for the same seed', () => {
    const rule = { fault: status(1), times: Infinity, probability: 0.1 };
    const first = met([{ ...rule, seed: 7 }], 2000);
    expect(met([{ ...rule, seed: 7 }], 2000)).toEqual(first);
    expect(met([{ ...rule, seed: 8 }], 2000)).not.toEqual(first);
    const share = first.filter((code) => code === 1).length / first.length;
    expect(share).toBeGreaterThan(0.07);
    expect(share).toBeLessThan(0.13);
  });

  test('nothing applies once all rules are cleared', () => {
    const table = new FaultTable();
    table.inject({ fault: status(1), times: Infinity });
    table.clear();
    expect(table.take('GetApiKey')).toBeUndefined();
  });
});
