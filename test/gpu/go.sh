#!/bin/bash
# On the lent GPU machine: an environment for verl 0.5.0 in /tmp/env, then measure_memory.py.
#   bash test/gpu/go.sh ENV_TAR DATA_FOLDER OUT_FILE [options of measure_memory.py]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tar=$1 data=$2 out=$3
shift 3
env=${GPU_ENV:-/tmp/env}
bash "$here/env.sh" "$env" "$tar" "$data"
cd "$here"
exec "$env/bin/python" measure_memory.py --data "$data" --work "${GPU_WORK:-/tmp/gpu-work}" --out "$out" "$@"
