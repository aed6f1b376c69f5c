"""Packs a rehearsed Python 3.12 environment for go.sh, without what the GPU machine has: pack_env.py SITE_PACKAGES OUT.

The environment: python3.12 -m venv ENV; ENV/bin/pip install verl==0.5.0 transformers==4.53.3 numpy==1.26.4
pyarrow==21.0.0 torch==2.13.0. The result is some 63 MiB: split it (head -c, tail -c) over two calls.
"""
from __future__ import annotations

import lzma
import sys
import tarfile
from pathlib import Path

LINKED = ("torch", "torchgen", "functorch", "triton", "nvidia", "cuda", "sympy", "mpmath", "networkx", "pandas",
          "setuptools")
UNUSED = ("wandb", "pip", "cryptography", "hf_xet", "coreweave_evaluations", "pyasn1_modules", "pkg_resources",
          "isympy")
UNUSED_FOLDERS = ("ray/jars", "ray/rllib", "ray/dashboard/client", "ray/serve", "ray/tune", "ray/train", "ray/llm",
                  "verl/third_party", "virtualenv/seed/wheels/embed", "pyarrow/src", "pyarrow/include", "pyarrow/tests",
                  "pyarrow/libarrow_flight", "pyarrow/libarrow_substrait", "pyarrow/_flight", "pyarrow/_substrait")
# Side by side, because they hold the same code: with the x86 filter most of it is stored once.
BINARIES = ("ray/_raylet.so", "ray/core/src/ray/gcs/gcs_server", "ray/core/src/ray/raylet/raylet")
FILTERS = [{"id": lzma.FILTER_X86}, {"id": lzma.FILTER_LZMA2, "preset": 6, "dict_size": 256 << 20}]


def wanted(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    left_out = "__pycache__" in member.name or member.name in BINARIES or member.name.startswith(UNUSED_FOLDERS)
    return None if left_out else member


def main() -> None:
    site = Path(sys.argv[1])
    with lzma.open(sys.argv[2], "wb", filters=FILTERS) as out, tarfile.open(fileobj=out, mode="w|") as archive:
        for name in BINARIES:
            archive.add(site / name, arcname=name)
        for path in sorted(site.iterdir()):
            name = path.name.split("-")[0].split(".")[0]
            if name not in LINKED + UNUSED and not name.startswith(("nvidia_", "cuda_")):
                archive.add(path, arcname=path.name, filter=wanted)


if __name__ == "__main__":
    main()
