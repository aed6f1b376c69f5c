"""Finds in seconds what would make a training with verl fail after twenty minutes; starts nothing (needs verl).

    python preflight_verl.py '{"overrides": ["data.train_batch_size=8", …], "env": {"NAME": "value"}, "folder": DIR,
                               "needs": {"gpuBytes": N, "checkpointBytes": N} or null, "gpu": true,
                               "elsewhere": ["disk", ...]}'

`overrides` are the words after `python -m verl.trainer.main_ppo`. Each area is looked at whatever the others found, but those
named in `elsewhere`: what they are about is another machine's (a Ray cluster).
Result: {"verl": version or null, "areas": [{"area", "state": passed|failed|skipped, "params"}], "findings":
[{"code", "severity", "params", "area", "keys"}]}. Exits with 0 when it could look, whatever it found.
"""
from __future__ import annotations

import json
import os
import sys
import tempfile
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any, Callable

from hf_common import quiet
from launchpad_events import result

FACTS = Path(__file__).resolve().parent.parent / "verl"


class Preflight:
    """What several areas need, made when the first of them asks."""

    def __init__(self, asked: dict[str, Any], scratch: Path, around: dict[str, str]) -> None:
        """`around`: the variables of this process before it was made quiet and offline."""
        self.whole = {**around, **asked["env"]}
        self.overrides, self.env = list(asked["overrides"]), dict(asked["env"])
        self.folder, self.needs, self.gpu = str(asked["folder"]), asked.get("needs"), bool(asked["gpu"])
        self.elsewhere = set(asked.get("elsewhere") or [])
        self.scratch, self.version_text = scratch, metadata.version("verl")

    @cached_property
    def version(self) -> tuple[int, ...]:
        from preflight_environment import version_numbers
        return version_numbers(self.version_text)

    @cached_property
    def root(self) -> Path:
        from preflight_config import verl_root
        return verl_root()

    @cached_property
    def moved(self) -> dict[str, Any]:
        from preflight_config import load_moved
        return load_moved(FACTS)

    @cached_property
    def composed(self) -> Any:
        from preflight_config import Composer
        return Composer(self.root, self.moved).compose(self.overrides)

    @cached_property
    def settings(self) -> dict[str, Any]:
        from preflight_config import plain
        return plain(self.composed.config)

    @cached_property
    def data(self) -> Any:
        from preflight_data import Data
        return Data(self.settings, self.composed.config, set(self.composed.given), self.scratch)

    @cached_property
    def model(self) -> dict[str, Any]:
        """config.json of the model, {} when it cannot be read."""
        path = Path(os.path.expanduser(str(self.settings["actor_rollout_ref"]["model"].get("path") or ""))) / "config.json"
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}

    def parameters(self) -> int | None:
        """Of the model, from the bytes of its weights; None when they are not there."""
        folder = Path(os.path.expanduser(str(self.settings["actor_rollout_ref"]["model"].get("path") or "")))
        size = sum(file.stat().st_size for file in folder.glob("*.safetensors")) or sum(
            file.stat().st_size for file in folder.glob("pytorch_model*.bin"))
        each = 4 if str(self.model.get("torch_dtype") or self.model.get("dtype")) == "float32" else 2
        return size // each or None

    def checkpoint_bytes(self) -> int | None:
        """verl.md 5.5: weights and Adam's two moments in float32, 12 bytes a parameter, for each trained role."""
        from preflight_build import uses_critic
        given = (self.needs or {}).get("checkpointBytes")
        parameters = self.parameters()
        if given is not None or parameters is None:
            return given
        return parameters * 12 * (2 if uses_critic(self.settings) else 1)

    def environment(self) -> list[Any]:
        import preflight_environment as env
        found = env.check_modules(self.settings, self.version) + env.check_versions(self.version)
        found += env.check_flash(self.settings, self.root, self.version, self.whole)
        found += env.check_logger(self.settings, self.whole)
        return found + env.check_variables(self.settings, self.env, self.moved) + env.check_import()

    def config(self) -> list[Any]:
        from preflight_build import read_by_verl
        return self.composed.findings + read_by_verl(self.composed.config, self.settings)

    def batch(self) -> list[Any]:
        from preflight_rules import Case, apply_rules
        return apply_rules(Case(self.settings, self.version, set(self.composed.given), self.model))

    def engine(self) -> list[Any]:
        from preflight_environment import check_engine
        from preflight_machine import card
        return check_engine(self.settings, self.root, self.version, self.gpu, card() if self.gpu else None)

    def cards(self) -> list[Any]:
        from preflight_machine import check_gpu
        return check_gpu(self.settings, self.gpu, self.needs)

    def machine(self) -> list[Any]:
        from preflight_config import has
        from preflight_machine import check_machine
        key = "ray_kwargs.ray_init.num_cpus"
        key = key if has(self.composed.base, key) else "ray_init.num_cpus"
        return check_machine(self.settings, self.whole, key, self.parameters())

    def disk(self) -> list[Any]:
        from preflight_machine import check_disk
        steps = self.data.steps()
        return check_disk(self.settings, self.folder, self.checkpoint_bytes(), steps)

    def areas(self) -> list[Any]:
        every = [("environment", self.environment), ("config", self.config), ("batch", self.batch),
                 ("data", lambda: self.data.check()), ("reward", lambda: self.data.check_reward()),
                 ("engine", self.engine), ("gpu", self.cards), ("machine", self.machine), ("disk", self.disk)]
        return [(name, skipped("on-cluster") if name in self.elsewhere else check) for name, check in every]


def skipped(reason: str) -> Callable[[], list[Any]]:
    def skip() -> list[Any]:
        from preflight_report import Skip
        raise Skip(reason=reason)
    return skip


def without_verl() -> list[Any]:
    """The areas where there is nobody to ask."""
    from preflight_report import made

    skip = skipped("no-verl")
    names = ("config", "batch", "data", "reward", "engine", "gpu", "machine", "disk")
    return [("environment", lambda: [made("PREFLIGHT_NO_VERL", "error")]), *((name, skip) for name in names)]


def main() -> None:
    asked, around = json.loads(sys.argv[1]), dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="launchpad-preflight-") as folder:
        # Before `datasets` and transformers are imported, which read them once. Nothing is fetched.
        os.environ.update({"HF_HUB_OFFLINE": "1", "HF_DATASETS_CACHE": str(Path(folder) / "datasets")})
        quiet()
        from preflight_report import look
        try:
            preflight = Preflight(asked, Path(folder), around)
        except metadata.PackageNotFoundError:
            areas, findings = look(without_verl())
            return result({"verl": None, "areas": areas, "findings": findings})
        areas, findings = look(preflight.areas())
        result({"verl": preflight.version_text, "areas": areas, "findings": findings})


if __name__ == "__main__":
    main()
