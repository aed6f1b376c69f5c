"""Lets an unchanged verl install run where its source says bf16 and flash-attention (stdlib only).

    LAUNCHPAD_PATCHES=…/verl-0.5.0-pascal.json PYTHONPATH=…/resources/patches/startup python -m verl.trainer.main_ppo …
    python verl_patches.py check|diff [--patches FILE]

No file is edited: an import hook compiles the patched text under the installed file's name. Undo: do not set
LAUNCHPAD_PATCHES. verl 0.5.0 has no VERL_USE_EXTERNAL_MODULES yet (its verl/__init__.py reads only
VERL_USE_MODELSCOPE), and actor_rollout_ref.model.external_lib is imported inside init_model, after
verl/workers/fsdp_workers.py itself (0.5.0 :567). So resources/patches/startup/sitecustomize.py installs the hook:
`site` imports it at the start of every interpreter that inherits PYTHONPATH, Ray's workers too.

Nothing is patched by halves: when `verl` is imported every file of the set must have the digest it was written for,
and every replacement must match as often as it says, else ImportError.
"""
from __future__ import annotations

import argparse
import contextlib
import difflib
import hashlib
import importlib.machinery
import importlib.util
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

DEFAULT_PATCHES = Path(__file__).resolve().parent.parent / "patches" / "verl-0.5.0-pascal.json"


def patches_path() -> Path:
    """The patch set to use: LAUNCHPAD_PATCHES, or the one that ships beside this file."""
    return Path(os.environ.get("LAUNCHPAD_PATCHES") or DEFAULT_PATCHES)


def read_patches(path: Path) -> dict[str, Any]:
    """The patch set; its layout is that of resources/patches/*.json. Raises OSError and ValueError."""
    patches = json.loads(path.read_text(encoding="utf-8"))
    if patches.get("format") != 1:
        raise ValueError(f"{path}: format {patches.get('format')!r} is not known")
    return patches


def module_name(file: str) -> str:
    """verl/workers/fsdp_workers.py -> verl.workers.fsdp_workers"""
    return file.removesuffix(".py").replace("/", ".")


def patch(entry: dict[str, Any], source: bytes) -> str:
    """The patched text of one file. Raises ImportError when the source is not the one the set was written for."""
    digest = hashlib.sha256(source).hexdigest()
    if digest != entry["sha256"]:
        raise ImportError(f"{entry['file']} has sha256 {digest}, the patch set is for {entry['sha256']}")
    text = source.decode("utf-8")
    for number, replacement in enumerate(entry["replacements"], 1):
        old, new, found = replacement["old"], replacement["new"], text.count(replacement["old"])
        if found != replacement["count"]:
            raise ImportError(f"{entry['file']} (sha256 {digest}, as expected {entry['sha256']}): replacement {number} "
                              f"matches {found} times instead of {replacement['count']}")
        # Otherwise tracebacks, which show the installed file, would point at other lines.
        if old.count("\n") != new.count("\n"):
            raise ImportError(f"{entry['file']}: replacement {number} changes the number of lines")
        text = text.replace(old, new)
    return text


def states(patches: dict[str, Any], package: Path | None) -> list[dict[str, str]]:
    """{file, state: ok|digest|missing, sha256} of every file of the set; `package` is the folder of verl."""
    rows = []
    for entry in patches["files"]:
        path = package.parent / entry["file"] if package else None
        if path is None or not path.is_file():
            rows.append({"file": entry["file"], "state": "missing", "sha256": ""})
            continue
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        rows.append({"file": entry["file"], "state": "ok" if digest == entry["sha256"] else "digest", "sha256": digest})
    return rows


class PatchedLoader(importlib.machinery.SourceFileLoader):
    """Loads one file with its replacements; never reads or writes a .pyc, which would hold the other text."""

    def __init__(self, fullname: str, path: str, entry: dict[str, Any]) -> None:
        super().__init__(fullname, path)
        self.entry = entry

    def get_code(self, fullname: str) -> CodeType:
        return compile(patch(self.entry, self.get_data(self.path)), self.path, "exec", dont_inherit=True)


class Finder:
    """A meta path finder for the files of the set; for everything else Python goes on as usual."""

    def __init__(self, patches: dict[str, Any]) -> None:
        self.patches = patches
        self.entries = {module_name(entry["file"]): entry for entry in patches["files"]}

    def find_spec(self, fullname: str, path: Sequence[str] | None,
                  target: ModuleType | None = None) -> importlib.machinery.ModuleSpec | None:
        entry = self.entries.get(fullname)
        if entry is None and fullname != self.patches["package"]:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin is None:
            return spec
        if entry is None:
            self.require_all(Path(spec.origin).parent)
            return spec
        return importlib.util.spec_from_file_location(
            fullname, spec.origin, loader=PatchedLoader(fullname, spec.origin, entry),
            submodule_search_locations=spec.submodule_search_locations)

    def require_all(self, package: Path) -> None:
        """A file that moved in another version would be imported without its patch, so look at all of them first."""
        wanted = {entry["file"]: entry["sha256"] for entry in self.patches["files"]}
        wrong = [f"{row['file']} is {row['sha256'] or 'missing'}, the set is for {wanted[row['file']]}"
                 for row in states(self.patches, package) if row["state"] != "ok"]
        if wrong:
            raise ImportError(f"{package} is not {self.patches['package']} {self.patches['version']}, "
                              f"which LAUNCHPAD_PATCHES is for (sha256): " + "; ".join(wrong))


def install() -> None:
    """Put the finder first. Raises ImportError when the set cannot be read, or verl was imported already."""
    if any(isinstance(finder, Finder) for finder in sys.meta_path):
        return
    path = patches_path()
    try:
        finder = Finder(read_patches(path))
    except (OSError, ValueError, KeyError) as problem:
        raise ImportError(f"cannot use the patch set {path}: {problem!r}") from problem
    if finder.patches["package"] in sys.modules:
        raise ImportError(f"{finder.patches['package']} was imported before its patches")
    sys.meta_path.insert(0, finder)


# What the patched lines call. torch and verl are there by then, so they are imported inside.

def attention(override_config: Any) -> str:
    """override_config.attn_implementation as in verl 0.6.1 (fsdp_workers.py:318), LAUNCHPAD_ATTENTION, or eager."""
    return (override_config or {}).get("attn_implementation") or os.environ.get("LAUNCHPAD_ATTENTION") or "eager"


def dtype_name(fsdp_config: Any) -> str:
    """mixed_precision.param_dtype as FSDP has it (verl 0.5.0 fsdp_workers.py:337), else LAUNCHPAD_DTYPE, or float32.

    verl 0.5.0 scales no loss, so small gradients vanish in float16.
    """
    mixed = (fsdp_config or {}).get("mixed_precision") or {}
    return mixed.get("param_dtype") or os.environ.get("LAUNCHPAD_DTYPE") or "float32"


def autocast(device: str, dtype: str) -> contextlib.AbstractContextManager[Any]:
    """torch.autocast in `dtype`; nothing at all for float32, which needs none."""
    import torch
    from verl.utils.torch_dtypes import PrecisionType

    wanted = PrecisionType.to_dtype(dtype)
    return contextlib.nullcontext() if wanted == torch.float32 else torch.autocast(device_type=device, dtype=wanted)


def has_flash_attention() -> bool:
    """Only use_remove_padding needs it; without the package those names stay undefined."""
    return importlib.util.find_spec("flash_attn") is not None


@contextlib.contextmanager
def actor_on_gpu(worker: Any) -> Iterator[None]:
    """hf rollout generates with the training weights, which param_offload keeps in RAM between phases.

    compute_log_prob and update_actor fetch them (verl 0.5.0 fsdp_workers.py:638,717); generate_sequences does not,
    because for vllm and sglang the sharding manager does it.
    """
    if worker.config.rollout.name != "hf" or not worker._is_offload_param:
        yield
        return
    from verl.utils.fsdp_utils import load_fsdp_model_to_gpu, offload_fsdp_model_to_cpu

    load_fsdp_model_to_gpu(worker.actor_module_fsdp)
    try:
        yield
    finally:
        offload_fsdp_model_to_cpu(worker.actor_module_fsdp)


def installed(name: str) -> Path | None:
    """The folder of the installed package, found without importing it."""
    spec = importlib.machinery.PathFinder.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def difference(patches: dict[str, Any], package: Path) -> Iterator[str]:
    """Lines of the unified diff of everything the set changes, each replacement's reason first."""
    for entry in patches["files"]:
        source = (package.parent / entry["file"]).read_bytes()
        for replacement in entry["replacements"]:
            yield f"# {replacement['why']}\n"
        yield from difflib.unified_diff(
            source.decode("utf-8").splitlines(keepends=True), patch(entry, source).splitlines(keepends=True),
            f"a/{entry['file']}", f"b/{entry['file']}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=["check", "diff"])
    parser.add_argument("--patches", type=Path, default=patches_path())
    options = parser.parse_args()
    patches = read_patches(options.patches)
    package = installed(patches["package"])
    rows = states(patches, package)
    if options.command == "check":
        print(json.dumps([{"file": row["file"], "state": row["state"]} for row in rows]))
        return 0 if all(row["state"] == "ok" for row in rows) else 1
    if package is None:
        print(f"{patches['package']} is not installed", file=sys.stderr)
        return 1
    try:
        sys.stdout.writelines(difference(patches, package))
    except (ImportError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
