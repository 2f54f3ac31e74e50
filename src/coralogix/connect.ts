import { randomUUID } from 'node:crypto';
import { systemRandom } from '../core/clock.ts';
import type { Debug } from './attempt-line.ts';
import { authority } from '../network/endpoint.ts';
import { createKeys } from './keys.ts';
import type { Budget, Clock, Keys } from '../core/ports.ts';
import type { Connection } from '../network/connection.ts';

/** The service, connected. */
export interface Connected {
  readonly keys: Keys;
  /** Ends the connection and all calls on it. */
  readonly close: () => void;
}

/**
 * Puts the service together. The transport is loaded here and not at the start, so that a step with
 * wrong inputs fails without it.
 *
 * @param connection how to reach the service
 * @param context    time, where values go to be masked and lines to who debugs, and whether the first call
 *                   is surely no Create
 */
export async function connect(
  connection: Connection,
  context: {
    readonly clock: Clock;
    readonly budget: Budget;
    readonly mask: (value: string) => void;
    readonly debug: Debug;
    readonly allowEarlyRequest: boolean;
  },
): Promise<Connected> {
  const { openChannel } = await import('./grpc/channel.ts');
  const correlationId = randomUUID();
  const { allowEarlyRequest } = context;
  const channel = openChannel({ ...connection, correlationId, allowEarlyRequest });
  const { endpoint, proxy } = connection;
  const keys = createKeys({
    ...context,
    transport: channel,
    random: systemRandom,
    destination: {
      authority: authority(endpoint),
      proxy: proxy === undefined ? undefined : `${authority(proxy)} (from ${proxy.variable})`,
      correlationId,
      ...(connection.placedBy === undefined ? {} : { givenBy: connection.placedBy }),
      isSendDataKey: connection.apiKey.reveal().startsWith('cxtp_'),
    },
  });
  return {
    keys,
    close: () => {
      channel.close();
    },
  };
}
