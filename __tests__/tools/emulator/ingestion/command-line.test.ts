import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { parseCommandLine, usage } from '../../../../tools/emulator/command-line.ts';
import { ingestionArguments } from '../../../../tools/emulator/ingestion/command-line.ts';
import { howToSend } from '../../../../tools/emulator/ingestion/how-to-send.ts';
import { node24Path } from '../../../../tools/job-runner/node24.ts';
import { started } from '../started.ts';

const main = fileURLToPath(new URL('../../../../tools/emulator/main.ts', import.meta.url));

function ingestionOf(args: readonly string[]): unknown {
  const command = parseCommandLine(args);
  return command.kind === 'start' ? command.options.ingestion : command.kind;
}

describe("the ingestion's part of the command line", () => {
  test('without options it behaves as it does by default', () => {
    expect(ingestionOf([])).toBeUndefined();
  });

  test('with every option', () => {
    expect(
      ingestionOf(
        [
          ['--ingestion-port', '4317', '--ingestion-quota', '10', '--ingestion-json'],
          ['--ingestion-rejects', '3'],
          ['--new-keys-accepted-after', '5000', '--retired-keys-refused-after', '3000'],
          ['--empty-requests', 'key-not-checked'],
          ['--ingestion-gateway', 'resets', '--ingestion-gateway-times', '2'],
        ].flat(),
      ),
    ).toEqual({
      port: 4317,
      quota: 10,
      acceptsJson: true,
      partialSuccess: { rejected: 3, message: 'records were rejected' },
      newKeysAcceptedAfterMs: 5000,
      retiredKeysRefusedAfterMs: 3000,
      emptyRequests: 'key-not-checked',
      gateway: 'resets',
      gatewayTimes: 2,
    });
  });

  test.each([
    [['--ingestion-port', '65536'], '--ingestion-port must be a whole number from 0 to 65535.'],
    [['--ingestion-quota', 'all'], '--ingestion-quota must be a whole number'],
    [['--ingestion-gateway', 'open'], '--ingestion-gateway must be one of passes, denies,'],
    [['--empty-requests', 'no'], '--empty-requests must be one of as-documented, accepted,'],
  ])('%j is refused with a sentence', (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(message);
  });

  test('help names every option', () => {
    for (const name of Object.keys(ingestionArguments)) expect(usage).toContain(`  --${name} `);
  });
});

/** Runs the emulator's command until `use` is done with what it has written once `end` is in it. */
async function running(
  args: readonly string[],
  end: string,
  use: (output: string) => void | Promise<void>,
): Promise<void> {
  const child = spawn(node24Path(), [main, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  try {
    let output = '';
    while (!output.includes(end)) {
      output += String(((await once(child.stdout, 'data')) as [Buffer])[0]);
    }
    await use(output);
  } finally {
    child.kill();
    await ended;
  }
}

describe('how to send', () => {
  test('names the variables of any SDK, with the certificate where there is one', async () => {
    const emulator = await started();
    const { endpoint } = emulator.ingestion;
    const told = howToSend(emulator, 'ca.pem');
    expect(told).toContain(`otlp_endpoint    ${endpoint}\n`);
    expect(told).toContain(`OTEL_EXPORTER_OTLP_ENDPOINT=${endpoint}\n`);
    expect(told).toContain('OTEL_EXPORTER_OTLP_CERTIFICATE=ca.pem');
    expect(howToSend(emulator, undefined)).not.toContain('CERTIFICATE');
  });

  test('npm run emulator tells a person', () =>
    running([], 'with:\n', (output) => {
      expect(output).toMatch(/otlp_endpoint {4}https:\/\/localhost:\d+\n/u);
      expect(output).toMatch(/OTEL_EXPORTER_OTLP_CERTIFICATE=.*ca\.pem\n/u);
    }));

  test('npm run emulator tells a program, and takes the options', () =>
    running(['--json', '--plain', '--ingestion-gateway', 'html-404'], '\n', async (output) => {
      const { otlpEndpoint } = JSON.parse(output) as { readonly otlpEndpoint: string };
      const answer = await fetch(`${otlpEndpoint}/v1/logs`, { method: 'POST' });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'text/html']);
    }));
});
