#!/usr/bin/env bash
# A client that is no part of this project, and not JavaScript, on the emulator: Python's grpcio, which
# learns the messages from the emulator's reflection. Prints a line for each thing done, and exits 1 when
# one fails.
set -euo pipefail

exec "$(dirname "$0")/python-on-emulator.sh" .ci/foreign_client.py \
  grpcio==1.85.3 grpcio-reflection==1.85.1 protobuf==7.36.2
