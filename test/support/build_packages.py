"""Builds small real packages into a folder: lp-alpha 1.0 and 2.0 (needs lp-beta), lp-beta 1.0, lp-gamma 1.0 (source only).

    python build_packages.py FOLDER
"""
from __future__ import annotations

import base64
import hashlib
import io
import random
import sys
import tarfile
import zipfile
from pathlib import Path

PACKAGES = [("lp-alpha", "1.0", ["lp-beta"]), ("lp-alpha", "2.0", ["lp-beta"]), ("lp-beta", "1.0", [])]


def wheel(folder: Path, name: str, version: str, needs: list[str]) -> None:
    """A wheel of some 300 kB that does not compress: big enough to be cut off in the middle."""
    module = name.replace("-", "_")
    noise = random.Random(f"{name}{version}").randbytes(300_000)
    metadata = "".join([f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", *(f"Requires-Dist: {n}\n" for n in needs)])
    info = f"{module}-{version}.dist-info"
    files = {
        f"{module}/__init__.py": f'__version__ = "{version}"\n'.encode(),
        f"{module}/data.bin": noise,
        f"{info}/METADATA": metadata.encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}\n"
        for path, data in files.items()
    )
    files[f"{info}/RECORD"] = (record + f"{info}/RECORD,,\n").encode()
    name = f"{module}-{version}-py3-none-any.whl"
    (folder / f"{name}.metadata").write_text(metadata)
    with zipfile.ZipFile(folder / name, "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)


def source(folder: Path, name: str, version: str) -> None:
    module, base = name.replace("-", "_"), f"{name.replace('-', '_')}-{version}"
    setup = f"from setuptools import setup\nsetup(name={name!r}, version={version!r}, packages=[{module!r}])\n"
    files = {
        f"{base}/PKG-INFO": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{base}/setup.py": setup,
        f"{base}/{module}/__init__.py": "built_here = True\n",
    }
    with tarfile.open(folder / f"{base}.tar.gz", "w:gz") as archive:
        for path, text in files.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for name, version, needs in PACKAGES:
        wheel(target, name, version, needs)
    source(target, "lp-gamma", "1.0")
