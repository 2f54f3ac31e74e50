"""Sends telemetry to the emulator with the OpenTelemetry SDK for Python, as an application would.

Takes the file with the line that `npm run emulator -- --json` prints. Makes a key over the API, sends
logs, spans and metrics with it over both protocols, has them counted, deactivates the key, and is
refused. The exporters learn all from the SDK's standard environment variables. Prints a line for each
thing that was done, and ends with an AssertionError at the first that did not go as it should.
"""

import importlib
import json
import logging
import os
import ssl
import sys
import urllib.parse
import urllib.request

import grpc
from google.protobuf import message_factory
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)
from opentelemetry._logs import LogRecord
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

SERVICE = "com.coralogixapis.aaa.apikeys.v3.ApiKeysService"
TIMEOUT_SECONDS = 20
# What one round of telemetry is: log records, spans, and data points; one request each, as the simple
# processors send every record at once.
ROUND = {"logs": 1, "traces": 1, "metrics": 2, "requests": 3}
SIGNALS = ["logs", "traces", "metrics"]


def done(what: str) -> None:
    """Tells what went as it should."""
    print(f"python: {what}", flush=True)


class Keys:
    """The service of keys, as reflection describes it."""

    def __init__(self, connection: dict) -> None:
        trusted = grpc.ssl_channel_credentials(connection["caCertificate"].encode())
        self._channel = grpc.secure_channel(f"localhost:{connection['port']}", trusted)
        self._token = connection["tokens"]["admin"]
        pool = DescriptorPool(ProtoReflectionDescriptorDatabase(self._channel))
        self._service = pool.FindServiceByName(SERVICE)

    def call(self, rpc: str, **fields):
        """Calls an RPC with the fields of its request; a dict stands for a message."""
        method = self._service.methods_by_name[rpc]
        request = message_factory.GetMessageClass(method.input_type)(**fields)
        reply = message_factory.GetMessageClass(method.output_type)
        unary = self._channel.unary_unary(
            f"/{SERVICE}/{rpc}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=reply.FromString,
        )
        metadata = [("authorization", f"Bearer {self._token}")]
        return unary(request, metadata=metadata, timeout=TIMEOUT_SECONDS)


def noted(exporter, results: list):
    """Has the results of an exporter's exports noted, which the SDK only logs."""
    export = exporter.export

    def export_and_note(*args, **kwargs):
        result = export(*args, **kwargs)
        results.append(result.name)
        return result

    exporter.export = export_and_note
    return exporter


def tell_every_failure() -> None:
    """Takes away what keeps exporters from logging a failure like the one before."""
    for name in logging.root.manager.loggerDict:
        if name.startswith("opentelemetry."):
            logging.getLogger(name).filters.clear()


class Problems(logging.Handler):
    """What the exporters log: the only place where they tell why they failed."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def send(protocol: str) -> list:
    """Sends one round over a protocol, `grpc` or `http`; the exporters' results, in the order of SIGNALS."""
    results: list = []

    def exporter(module: str, name: str):
        package = importlib.import_module(f"opentelemetry.exporter.otlp.proto.{protocol}.{module}")
        tell_every_failure()
        return noted(getattr(package, name)(), results)

    logs = LoggerProvider()
    logs.add_log_record_processor(
        SimpleLogRecordProcessor(exporter("_log_exporter", "OTLPLogExporter"))
    )
    logs.get_logger("application").emit(LogRecord(body="one"))
    logs.shutdown()

    traces = TracerProvider()
    traces.add_span_processor(
        SimpleSpanProcessor(exporter("trace_exporter", "OTLPSpanExporter"))
    )
    traces.get_tracer("application").start_span("one").end()
    traces.shutdown()

    reader = PeriodicExportingMetricReader(exporter("metric_exporter", "OTLPMetricExporter"))
    metrics = MeterProvider([reader])
    counter = metrics.get_meter("application").create_counter("requests")
    counter.add(1, {"route": "/a"})
    counter.add(2, {"route": "/b"})
    metrics.shutdown()
    return results


def otlp_headers(value: str) -> str:
    """What the action's output of that name is: percent-encoded as JavaScript's encodeURIComponent does it."""
    return "Authorization=" + urllib.parse.quote(f"Bearer {value}", safe="!'()*-._~")


def received(connection: dict) -> dict:
    """What each key has sent, as the emulator tells it."""
    trusted = ssl.create_default_context(cadata=connection["caCertificate"])
    url = f"{connection['otlpEndpoint']}/emulator/received"
    with urllib.request.urlopen(url, context=trusted, timeout=TIMEOUT_SECONDS) as answer:
        return json.load(answer)


def check(connection: dict, keys: Keys, problems: Problems, protocol: str, refusal: str) -> None:
    """A key's life over one protocol."""
    made = keys.call(
        "CreateApiKey",
        name=f"python-{protocol}",
        owner={"team_id": connection["teamId"]},
        key_permissions={"presets": ["SendData"]},
        hashed=True,
    )
    os.environ["OTEL_EXPORTER_OTLP_HEADERS"] = otlp_headers(made.value)

    results = send(protocol)
    assert results == ["SUCCESS"] * len(SIGNALS), (results, problems.lines)
    counted = received(connection)[made.key_id]
    assert counted == ROUND, counted
    done(f"logs, spans and metrics were sent over {protocol}, and counted")

    keys.call("UpdateApiKey", key_id=made.key_id, is_active=False)
    problems.lines.clear()
    results = send(protocol)
    assert results == ["FAILURE"] * len(SIGNALS), results
    told = [line for line in problems.lines if refusal in line]
    assert len(told) == len(SIGNALS), problems.lines
    assert received(connection)[made.key_id] == ROUND
    done(f"after its deactivation each was refused over {protocol} with {refusal}")
    problems.lines.clear()


def main(connection_file: str) -> None:
    """Connects over TLS, with the emulator's CA, and does it all."""
    with open(connection_file, encoding="utf-8") as file:
        connection = json.load(file)
    os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = connection["otlpEndpoint"]
    os.environ["OTEL_EXPORTER_OTLP_CERTIFICATE"] = connection["caFile"]
    # Where they are set, requests takes them in place of the exporters' certificate:
    # https://github.com/psf/requests/issues/3829
    for name in ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"]:
        os.environ.pop(name, None)
    problems = Problems()
    logger = logging.getLogger("opentelemetry")
    logger.addHandler(problems)
    logger.propagate = False
    keys = Keys(connection)
    check(connection, keys, problems, "grpc", "UNAUTHENTICATED")
    check(connection, keys, problems, "http", "401")


if __name__ == "__main__":
    main(sys.argv[1])
