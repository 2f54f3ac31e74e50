import { Duplex } from 'node:stream';
import type { Socket } from 'node:net';

/**
 * A connection between its socket and the HTTP/2 session on it. Node's session takes a socket over
 * entirely, and a write past it aborts the process; through this, bytes of our own can be put on
 * the wire between the session's, and the socket can be ended under the session.
 */
export class RawConnection extends Duplex {
  readonly #socket: Socket;

  /** @param socket a connection that nobody reads from yet */
  constructor(socket: Socket) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) socket.pause();
    });
    socket.on('end', () => this.push(null));
    socket.on('error', () => this.destroy());
    socket.on('close', () => this.destroy());
  }

  /** Puts bytes on the wire that the session knows nothing of. */
  inject(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /** Ends the connection once everything written is on the wire. */
  hangUp(): void {
    this.#socket.end(() => this.#socket.destroy());
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(
    chunk: Buffer,
    _encoding: BufferEncoding,
    done: (error?: Error | null) => void,
  ): void {
    this.#socket.write(chunk, done);
  }

  override _writev(
    chunks: { readonly chunk: Buffer; readonly encoding: BufferEncoding }[],
    done: (error?: Error | null) => void,
  ): void {
    this.#socket.write(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}
