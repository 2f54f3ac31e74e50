import { openChannel } from '../../../src/coralogix/grpc/channel.ts';
import { Secret } from '../../../src/core/secret.ts';

// A program: makes one call the way the action does, prints how it went, closes and exits. Its port
// and key come in the environment, its time in milliseconds as the argument.
const channel = openChannel({
  endpoint: {
    host: '127.0.0.1',
    port: Number(process.env['TEST_PORT']),
    secure: false,
    loopback: true,
  },
  proxy: undefined,
  extraCertificates: undefined,
  apiKey: new Secret(process.env['TEST_KEY'] ?? ''),
  correlationId: '11111111-2222-3333-4444-555555555555',
});
const said = await channel.call('GetSendDataApiKeys', {}, Number(process.argv[2])).then(
  () => 'done',
  (thrown: unknown) => String(thrown),
);
channel.close();
process.stdout.write(`${said}\n`, () => process.exit(0));
