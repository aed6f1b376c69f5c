#!/bin/bash
# On the lent GPU machine: an environment for verl 0.5.0.
#   bash test/gpu/env.sh ENV ENV_TAR DATA_FOLDER
# ENV_TAR holds the rehearsed site-packages (pins in test/fixtures/memory/*.json); what is big and there already (torch
# and what it needs) is linked from the image's python3.
set -euo pipefail
env=$1 tar=$2 data=$3
[ -e "$env/ready" ] && exit
image=$(python3 -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
python3 -m venv --without-pip "$env"
site=$("$env/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
# The archive is cut off after the part that cannot be linked, to fit what may be carried.
"$env/bin/python" - "$tar" "$site" <<'PY'
import lzma, sys, tarfile
try:
    with tarfile.open(fileobj=lzma.open(sys.argv[1]), mode="r|") as archive:
        for member in archive:
            archive.extract(member, sys.argv[2], filter="fully_trusted")
except (EOFError, tarfile.ReadError) as problem:
    print("archive ends:", problem)
PY
cp "$data"/libarrow_substrait.so.* "$site/pyarrow/"  # an empty one: pyarrow.lib names it and calls nothing of it here
rm -rf "$site"/{xxhash,yaml,_yaml,yarl,zipp,pyyaml}*
for name in torch torchgen functorch triton nvidia cuda sympy mpmath networkx pandas setuptools xxhash yaml _yaml yarl zipp PyYAML pyyaml; do
  for path in "$image/$name" "$image/$name"-*.dist-info; do
    [ -e "$path" ] && ln -sfn "$path" "$site/" || true
  done
done
# Without its page Ray's dashboard does not start, and ray.init waits a minute for it.
mkdir -p "$site/ray/dashboard/client/build/static"
touch "$site/ray/dashboard/client/build/index.html"
"$env/bin/python" -m compileall -q -j 0 "$site" >/dev/null 2>&1 || true
touch "$env/ready"
"$env/bin/python" -c 'import torch, numpy, pandas, pyarrow, transformers, ray; print(torch.__version__, torch.cuda.is_available(), numpy.__version__, pandas.__version__, pyarrow.__version__, transformers.__version__, ray.__version__)'
