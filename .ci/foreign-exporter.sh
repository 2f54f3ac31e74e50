#!/usr/bin/env bash
# A sender that is no part of this project, and not JavaScript, on the emulator: OpenTelemetry's SDK for
# Python with its OTLP exporters. Prints a line for each thing done, and exits 1 when one fails.
set -euo pipefail

exec "$(dirname "$0")/python-on-emulator.sh" .ci/foreign_exporter.py \
  opentelemetry-sdk==1.45.2 \
  opentelemetry-exporter-otlp-proto-grpc==1.45.2 \
  opentelemetry-exporter-otlp-proto-http==1.45.2 \
  grpcio==1.85.3 grpcio-reflection==1.85.1 protobuf==7.36.2
