"""Checkpoints of a run while it trains: which are whole, which is the best, which may go (stdlib only).

verl counts only its own of this start and deletes the best one with the others (verl/utils/checkpoint/
checkpoint_manager.py), so runs keep everything and this decides. Layout (verl/trainer/ppo/ray_trainer.py): folders
global_step_N, and latest_checkpointed_iteration.txt, written when N is whole.
"""
from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable
from contextlib import suppress

TRACKER = "latest_checkpointed_iteration.txt"
STEP = re.compile(r"global_step_(\d+)")
# The keys under which verl reports validation, the main one first (verl.trainer.ppo.metric_utils; before 0.4 the last).
SCORES = ("val-core/", "val/test_score/")


def newest(folder: str) -> int | None:
    """Step of the newest whole checkpoint, None when there is none."""
    try:
        with open(os.path.join(folder, TRACKER), encoding="utf-8") as file:
            step = int(file.read())
    except (OSError, ValueError):
        return None
    return step if os.path.isdir(os.path.join(folder, f"global_step_{step}")) else None


def steps(folder: str) -> list[int]:
    """Steps of the real folders that are there, rising; a link is none of ours."""
    try:
        with os.scandir(folder) as entries:
            found = [STEP.fullmatch(entry.name) for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []
    return sorted(int(match[1]) for match in found if match)


class Scores:
    """Validation score by step, from the metrics of all attempts; of several data sources their mean."""

    def __init__(self) -> None:
        self.found: dict[int, float] = {}
        self.read_to: dict[str, int] = {}  # the files of a long run are large, and are looked at every ten seconds

    def read(self, files: Iterable[str]) -> dict[int, float]:
        """What was added since the last time as well; a last line that is still being written waits."""
        for path in files:
            with suppress(OSError), open(path, "rb") as lines:
                lines.seek(self.read_to.get(path, 0))
                for line in lines:
                    if not line.endswith(b"\n"):
                        break
                    self.read_to[path] = self.read_to.get(path, 0) + len(line)
                    if b'"val' in line:
                        self.take(line)
        return self.found

    def take(self, line: bytes) -> None:
        with suppress(ValueError, TypeError, KeyError):
            point = json.loads(line)
            for prefix in SCORES:
                values = [value for key, value in point["data"].items()
                          if key.startswith(prefix) and isinstance(value, (int, float))]
                if values:
                    self.found[int(point["step"])] = sum(values) / len(values)
                    break


def best(present: list[int], known: dict[int, float]) -> int | None:
    """The checkpoint with the highest score; one saved between validations has that of the last one before it.

    Of equals the first: it is the one that was measured, and nearest to the model before training.
    """
    rated = [(known[max(before)], -step) for step in present if (before := [at for at in known if at <= step])]
    return -max(rated)[1] if rated else None


def removable(present: list[int], whole: int | None, chosen: int | None, pinned: set[int]) -> list[int]:
    """What may go: everything older than the newest whole one, except the best and what is pinned.

    A step above the newest whole one is being written now. Until it is whole the newest one is what a resume needs.
    """
    if whole is None:
        return []
    return [step for step in present if step < whole and step != chosen and step not in pinned]


def pins(path: str) -> set[int]:
    try:
        with open(path, encoding="utf-8") as file:
            return {int(step) for step in json.load(file)}
    except FileNotFoundError:
        return set()


def rotate(run: str, scores: Scores, metrics: Iterable[str], saves: str | None = None) -> list[int]:
    """Delete what may go of a run, which saves in `saves` if that is another folder; gives the steps.

    Unreadable pins mean that nothing is deleted.
    """
    folder = os.path.join(saves or run, "checkpoints")
    present = steps(folder)
    if len(present) < 2:
        return []
    try:
        pinned = pins(os.path.join(run, "pins.json"))
    except (OSError, ValueError, TypeError):
        return []
    gone = removable(present, newest(folder), best(present, scores.read(metrics)), pinned)
    for step in gone:
        shutil.rmtree(os.path.join(folder, f"global_step_{step}"), ignore_errors=True)
    return gone
