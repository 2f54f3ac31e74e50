import { constants, type ServerHttp2Stream } from 'node:http2';
import protobuf from 'protobufjs';
import type { Fault } from './faults.ts';
import {
  framed,
  grpcHeaders,
  messageOf,
  okReply,
  send,
  start,
  statusReply,
  statusTrailers,
  type Reply,
} from './reply.ts';
import type { RawConnection } from './raw-connection.ts';

/** A call that meets a fault. */
export interface FaultyCall {
  readonly stream: ServerHttp2Stream;
  readonly rawConnection: RawConnection;
  /** Lets the store do what was asked, and gives the true answer. */
  readonly commit: () => Promise<Reply>;
  /** To be called once, when nothing more will happen in the store and before anything is answered. */
  readonly settle: () => void;
  /** Waits so many milliseconds; rejects when the emulator stops. */
  readonly pause: (milliseconds: number) => Promise<void>;
}

/**
 * Answers a call in the way of a fault. It is as long as there are faults: a case for each, of which the
 * compiler misses none.
 */
export async function applyFault(fault: Fault, call: FaultyCall): Promise<void> {
  const { stream, rawConnection } = call;
  const commit = async (): Promise<Reply> => {
    const reply = await call.commit();
    call.settle();
    return reply;
  };
  /** For faults that can be on either side of the commit, and need no true answer. */
  const reach = async (when: 'before' | 'after' = 'before'): Promise<void> => {
    if (when === 'after') await call.commit();
    call.settle();
  };
  switch (fault.kind) {
    case 'status':
      await reach(fault.when);
      send(stream, statusReply(fault.code, fault.message, fault));
      return;
    case 'delay':
      if (fault.when !== 'after') await call.pause(fault.ms);
      {
        const reply = await commit();
        if (fault.when === 'after') await call.pause(fault.ms);
        send(stream, reply);
      }
      return;
    case 'hang':
      call.settle();
      return;
    case 'commit-then-hang':
      await commit();
      return;
    case 'drop':
      call.settle();
      rawConnection.destroy();
      return;
    case 'commit-then-drop':
      await commit();
      rawConnection.destroy();
      return;
    case 'reset':
      await reach(fault.when);
      stream.close(fault.code ?? constants.NGHTTP2_CANCEL);
      return;
    case 'goaway':
      await goAway(fault, call);
      return;
    case 'http-status':
      await reach(fault.when);
      if (stream.destroyed) return;
      stream.respond({
        ':status': fault.status,
        'content-type': fault.contentType ?? 'text/html',
      });
      stream.end(fault.body ?? '');
      return;
    case 'malformed-frame':
      await reach(fault.when);
      rawConnection.inject(Buffer.from('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'));
      return;
    case 'oversize-message':
      // The stream stays open: a caller that believed the length would wait for the rest.
      await commit();
      if (start(stream, okReply(Buffer.alloc(0)))) {
        stream.write(framed(Buffer.from('the rest never comes'), 0xffff_ffff));
      }
      return;
    case 'truncated-message': {
      const message = messageOf(await commit());
      send(stream, okReply(framed(message, message.length + 16)));
      return;
    }
    case 'undecodable-message':
      await commit();
      send(stream, okReply(framed(Buffer.alloc(16, 0xff))));
      return;
    case 'two-messages': {
      const message = framed(messageOf(await commit()));
      send(stream, okReply(Buffer.concat([message, message])));
      return;
    }
    case 'no-message':
      await commit();
      send(stream, okReply(Buffer.alloc(0)));
      return;
    case 'no-trailers': {
      const reply = await commit();
      if (stream.destroyed) return;
      stream.respond(grpcHeaders);
      stream.end(framed(messageOf(reply)));
      return;
    }
    case 'slow-drip': {
      const reply = await commit();
      if (!start(stream, reply)) return;
      for (const byte of reply.body) {
        if (stream.destroyed) return;
        stream.write(Buffer.of(byte));
        await call.pause(fault.ms);
      }
      stream.end();
      return;
    }
    case 'large-reply':
      send(stream, okReply(framed(swollen(messageOf(await commit()), fault.bytes))));
      return;
    case 'message-then-error': {
      const message = messageOf(await commit());
      const trailers = statusTrailers(fault.code, fault.message ?? '');
      send(stream, { ...okReply(framed(message)), trailers });
      return;
    }
  }
}

async function goAway(fault: Fault & { kind: 'goaway' }, call: FaultyCall): Promise<void> {
  const { stream, rawConnection } = call;
  const isProcessed = fault.when === 'after';
  const reply = isProcessed ? await call.commit() : undefined;
  call.settle();
  const streamId = stream.id ?? 0;
  rawConnection.inject(
    goAwayFrame(isProcessed ? streamId : Math.max(0, streamId - 2), fault.code ?? 0),
  );
  if (fault.close === true) rawConnection.hangUp();
  else if (reply !== undefined) send(stream, reply);
}

/** By hand, because Node's own session cannot say that the first stream was not processed. */
function goAwayFrame(lastStreamId: number, code: number): Buffer {
  const frame = Buffer.alloc(17);
  frame.writeUInt8(8, 2);
  frame.writeUInt8(7, 3);
  frame.writeUInt32BE(lastStreamId, 9);
  frame.writeUInt32BE(code, 13);
  return frame;
}

/** The message and a field that no schema knows, of so many bytes. */
function swollen(message: Buffer, bytes: number): Buffer {
  const lengthDelimited = 2;
  const unknownField = protobuf.Writer.create()
    .uint32((1000 << 3) | lengthDelimited)
    .bytes(Buffer.alloc(bytes))
    .finish();
  return Buffer.concat([message, unknownField]);
}
