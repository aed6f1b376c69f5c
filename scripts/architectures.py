"""Writes resources/models/architectures.yaml: which versions of transformers and vLLM know an architecture.

    pip download --no-deps transformers==4.57.3 ...; a vLLM sdist of each pinned version
    python scripts/architectures.py transformers-*.whl vllm-*.tar.gz > resources/models/architectures.yaml

The archives are read, nothing of them is run: the tables are literals.
"""
from __future__ import annotations

import ast
import re
import sys
import tarfile
import zipfile
from pathlib import Path

AUTO = "transformers/models/auto/modeling_auto.py"
REGISTRY = "vllm/model_executor/models/registry.py"
# Models that vLLM runs by transformers' own code are as usable as its own.
TABLES = {
    "MODEL_FOR_CAUSAL_LM_MAPPING_NAMES",
    "_TEXT_GENERATION_MODELS", "_TRANSFORMERS_SUPPORTED_MODELS",
}


def read(archive: Path) -> tuple[str, str, str]:
    """(package, version, source of the file with its table)."""
    package, version = re.match(r"(transformers|vllm)-([^-]+?)(?:-py3.*\.whl|\.tar\.gz)$", archive.name).groups()
    if archive.suffix == ".whl":
        return package, version, zipfile.ZipFile(archive).read(AUTO).decode()
    with tarfile.open(archive) as sdist:
        return package, version, sdist.extractfile(f"vllm-{version}/{REGISTRY}").read().decode()


def names(value: ast.expr) -> set[str]:
    """Architectures of a table: keys in vLLM's dict, second of each pair in transformers' OrderedDict([...])."""
    if isinstance(value, ast.Dict):
        return {key.value for key in value.keys if isinstance(key, ast.Constant)}
    pairs = value.args[0].elts
    found: set[str] = set()
    for pair in pairs:
        entry = ast.literal_eval(pair.elts[1])
        found |= {entry} if isinstance(entry, str) else set(entry)
    return found


def known(source: str) -> set[str]:
    found: set[str] = set()
    for node in ast.parse(source).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Name) and target.id in TABLES:
            found |= names(node.value)
    return {name for name in found if name.endswith(("ForCausalLM", "LMHeadModel"))}


def number(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]


def main() -> None:
    versions: dict[str, dict[str, set[str]]] = {"transformers": {}, "vllm": {}}
    for package, version, source in map(read, map(Path, sys.argv[1:])):
        versions[package][version] = known(source)
    print("# Written by scripts/architectures.py from the packages themselves. A version that is not listed was not looked at.")
    print("sources:")
    print(f"  transformers: {AUTO}, MODEL_FOR_CAUSAL_LM_MAPPING_NAMES")
    print(f"  vllm: {REGISTRY}, text generation models and those that run by transformers' code")
    print("versions:")
    for package, tables in versions.items():
        print(f"  {package}: [{', '.join(repr(one) for one in sorted(tables, key=number))}]")
    print("architectures:")
    for name in sorted(set().union(*(table for tables in versions.values() for table in tables.values()))):
        print(f"  {name}:")
        for package, tables in versions.items():
            have = [one for one in sorted(tables, key=number) if name in tables[one]]
            print(f"    {package}: [{', '.join(repr(one) for one in have)}]")


if __name__ == "__main__":
    main()
