import { statusReply, type Reply } from '../reply.ts';
import { StatusError } from '../status.ts';
import type { GatewayBehaviour, IngestionBehaviour } from './behaviour.ts';
import { refusal, text, type HttpAnswer } from './http.ts';

/** An answer that comes from before the ingress. */
interface GatewayAnswer {
  /** Undefined when whoever answers knows nothing of gRPC. */
  readonly grpc?: Reply;
  readonly http: HttpAnswer;
}

const page = '<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head></html>\n';
const html404: HttpAnswer = { status: 404, headers: { 'content-type': 'text/html' }, body: page };

/** The gateway's answers; those behaviours that answer nothing have none. */
const answers: Readonly<Partial<Record<GatewayBehaviour, GatewayAnswer>>> = {
  denies: same(new StatusError('PERMISSION_DENIED', 'RBAC: access denied')),
  unavailable: same(new StatusError('UNAVAILABLE', 'no healthy upstream')),
  'no-otlp': {
    grpc: grpcReply(new StatusError('UNIMPLEMENTED', 'unknown service')),
    http: text(404, 'no such path'),
  },
  'html-404': { http: html404 },
};

/** What stands between the network and the ingress. */
export class Gateway {
  #behaviour: GatewayBehaviour = 'passes';
  #times = 0;

  /** Behaves so from now on. */
  behave({ gateway = 'passes', gatewayTimes = Infinity }: IngestionBehaviour): void {
    this.#behaviour = gateway;
    this.#times = gatewayTimes;
  }

  /** How the next request is to be treated. */
  next(): GatewayBehaviour {
    if (this.#times <= 0) return 'passes';
    this.#times -= 1;
    return this.#behaviour;
  }

  /** What this behaviour answers; undefined for one that does not answer. */
  answer(behaviour: GatewayBehaviour): GatewayAnswer | undefined {
    return answers[behaviour];
  }
}

function same(error: StatusError): GatewayAnswer {
  return { grpc: grpcReply(error), http: refusal(error, false) };
}

function grpcReply({ code, message }: StatusError): Reply {
  return statusReply(code, message);
}
