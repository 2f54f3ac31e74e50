import { execFile } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { node24Path } from '../../../tools/job-runner/node24.ts';
import { started } from './channel-bench.ts';

// Whole processes on Node 24, which takes the types out of the sources by itself.

const run = promisify(execFile);
const program = '__tests__/coralogix/grpc/call-once.ts';

test('with all of the log of gRPC asked for, nothing of it is printed, and so no key', async () => {
  const emulator = await started({ tls: 'plain' });
  const environment = {
    ...process.env,
    GRPC_TRACE: 'all',
    GRPC_VERBOSITY: 'DEBUG',
    GRPC_NODE_TRACE: 'all',
    GRPC_NODE_VERBOSITY: 'DEBUG',
    TEST_PORT: String(emulator.port),
    TEST_KEY: emulator.tokens.admin,
  };
  const { stdout, stderr } = await run(node24Path(), ['--no-warnings', program, '10000'], {
    env: environment,
  });
  expect(stdout).toBe('done\n');
  expect(stderr.includes(emulator.tokens.admin)).toBe(false);
  // What is printed while the module loads cannot be stopped, and knows of no call.
  expect(stderr).not.toMatch(/headers|metadata|subchannel/iu);

  // As it comes it prints the headers that it receives: so the lines above say something.
  const plain = `
    const { Client, credentials, Metadata } = require('@grpc/grpc-js');
    const client = new Client('127.0.0.1:' + process.env.TEST_PORT, credentials.createInsecure());
    const same = (bytes) => bytes;
    client.makeUnaryRequest('/x.Y/Z', same, same, Buffer.alloc(0), () => process.exit(0));
  `;
  const chatty = await run(node24Path(), ['-e', plain], { env: environment });
  expect(chatty.stderr).toContain('Received server headers');
});

test('after a call to a silent host, the process ends', async () => {
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  try {
    // Killed, and so rejected, if it does not end by itself: a half-open connection alone keeps a
    // process for longer than that.
    const { stdout } = await run(node24Path(), ['--no-warnings', program, '300'], {
      env: { ...process.env, TEST_PORT: String(port), TEST_KEY: 'none' },
      timeout: 15_000,
    });
    expect(stdout).toBe('CallError: timeout, status DEADLINE_EXCEEDED\n');
  } finally {
    silent.close();
  }
});
