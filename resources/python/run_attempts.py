"""Attempts of a run: each start of its trainer, with the files that belong to it (stdlib only)."""
from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from contextlib import suppress
from typing import Any

import run_checkpoints

RAY_LOG_BYTES = 20 << 20


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def metrics_name(number: int) -> str:
    """verl's file logger empties its file at every start (verl/utils/tracking.py), so each attempt has one of its own."""
    return "metrics.jsonl" if number == 1 else f"metrics-{number}.jsonl"


class Attempts:
    """The book of a run's attempts, attempts.jsonl: a line when one begins and one when it ends."""

    def __init__(self, folder: str, saves: str | None = None) -> None:
        """`saves`: where the trainer saves when that is not the run's folder."""
        self.folder, self.path = folder, os.path.join(folder, "attempts.jsonl")
        self.number = 0
        with suppress(OSError), open(self.path, encoding="utf-8") as lines:
            for line in lines:
                with suppress(ValueError, TypeError, KeyError):  # a line cut short by a power cut
                    self.number = max(self.number, int(json.loads(line)["number"]))
        self.checkpoints = os.path.join(saves or folder, "checkpoints")
        self.ray: str | None = None
        self.saved_before: int | None = None

    def write(self, value: dict[str, Any]) -> None:
        with suppress(OSError):  # a full disk must not end the run
            with open(self.path, "a", encoding="utf-8") as file:
                file.write(json.dumps(value) + "\n")
                file.flush()
                os.fsync(file.fileno())

    def begin(self, log_from: int, resumed_from: int | None) -> dict[str, str]:
        """The next attempt; gives the variables that are its own."""
        self.number += 1
        self.saved_before = run_checkpoints.newest(self.checkpoints)
        # Ray's sockets lie below it, and a socket's path may have 107 bytes: runs can lie anywhere, /tmp is short.
        self.ray = tempfile.mkdtemp(prefix="vl-", dir="/tmp")
        self.write({"number": self.number, "startedAt": now_ms(), "logFrom": log_from, "resumedFrom": resumed_from})
        return {"VERL_FILE_LOGGER_PATH": self.metrics(), "LAUNCHPAD_METRICS": self.metrics(), "RAY_TMPDIR": self.ray,
                "LAUNCHPAD_ATTEMPT": str(self.number)}

    def metrics(self) -> str:
        return os.path.join(self.folder, metrics_name(self.number))

    def all_metrics(self) -> list[str]:
        return [os.path.join(self.folder, metrics_name(number)) for number in range(1, self.number + 1)]

    def came_forward(self) -> bool:
        """Whether it trained a step or saved a checkpoint: what failed before that would fail again."""
        with suppress(OSError):
            if os.path.getsize(self.metrics()) > 0:
                return True
        return run_checkpoints.newest(self.checkpoints) != self.saved_before

    def end(self, code: int | None, died_of: int | None, failed: bool) -> None:
        """Note how it ended, and take Ray's folder away; its logs stay when something failed."""
        self.write({"number": self.number, "endedAt": now_ms(), "code": code, "signal": died_of})
        if self.ray is None:
            return
        if failed:
            keep_logs(self.ray, os.path.join(self.folder, "ray-logs", str(self.number)))
        shutil.rmtree(self.ray, ignore_errors=True)
        self.ray = None


def keep_logs(ray: str, target: str) -> None:
    """Ray's own logs, the newest first, 20 MB of them."""
    found = []
    for folder, _, names in os.walk(ray):
        if os.path.basename(folder) == "logs" or "/logs/" in folder:
            for name in names:
                with suppress(OSError):
                    status = os.lstat(path := os.path.join(folder, name))
                    if not os.path.islink(path) and status.st_size:
                        found.append((status.st_mtime, status.st_size, path))
    room = RAY_LOG_BYTES
    for _, size, path in sorted(found, reverse=True):
        room -= size
        if room < 0:
            return
        with suppress(OSError):
            os.makedirs(target, exist_ok=True)
            shutil.copyfile(path, os.path.join(target, os.path.basename(path)))
