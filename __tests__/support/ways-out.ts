import { AsyncLocalStorage } from 'node:async_hooks';
import dns from 'node:dns';
import { Socket } from 'node:net';

/** Watches the connections that this process makes. */
export interface WaysOut {
  /**
   * Does something that makes connections.
   *
   * @returns where it wanted to connect to, `host:port`, in order; later attempts of others do not count
   */
  of(work: () => Promise<unknown>): Promise<readonly string[]>;
  end(): void;
}

/** An address of nobody: RFC 5737. Names lead there where a client looks them up by itself. */
const nobody = '192.0.2.9';

/**
 * Lets no connection of this process leave the machine, whatever client makes it, as curl does when it
 * is told `--connect-to ::127.0.0.1:1`: one to the proxy is made, all others are refused at once, and
 * no name is looked up outside.
 *
 * @param proxyPort where connections may go
 */
export function watchWaysOut(proxyPort: number): WaysOut {
  const attempts = new AsyncLocalStorage<string[]>();
  const connect: unknown = Reflect.get(Socket.prototype, 'connect');
  const lookup: unknown = Reflect.get(dns.promises, 'lookup');
  if (typeof connect !== 'function') throw new Error('Sockets do not connect.');
  Reflect.set(Socket.prototype, 'connect', function (this: Socket, ...given: readonly unknown[]) {
    // Node calls it with what it has read of its arguments, as a list of options and callback.
    const [options, callback] = (Array.isArray(given[0]) ? given[0] : given) as [object, unknown];
    const { host, port }: { host: unknown; port: unknown } = { host: '', port: 0, ...options };
    attempts.getStore()?.push(`${String(host)}:${String(port)}`);
    const leads =
      Number(port) === proxyPort ? given : [{ ...options, host: '127.0.0.1', port: 1 }, callback];
    return Reflect.apply(connect, this, leads) as Socket;
  });
  Reflect.set(dns.promises, 'lookup', () => Promise.resolve([{ address: nobody, family: 4 }]));
  return {
    of: async (work) => {
      const found: string[] = [];
      await attempts.run(found, work);
      return [...found];
    },
    end: () => {
      Reflect.set(Socket.prototype, 'connect', connect);
      Reflect.set(dns.promises, 'lookup', lookup);
    },
  };
}
