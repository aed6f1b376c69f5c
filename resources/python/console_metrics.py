"""Metric lines of verl in the output of a run, as the JSONL that verl's own file logger writes (stdlib only).

verl before 0.6 has no such logger, and a command of the user's may print the line and nothing more. The line
(verl/utils/logger/aggregate_logger.py): `step:N - name:value - name:value`, values as Python prints them, behind Ray's
prefix and in colours when those are on.
"""
from __future__ import annotations

import json
import math
import os
import re

COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
PREFIX = re.compile(r"^\(\S+ pid=\d+(, ip=[\d.]+)?\)\s*")
STEP = re.compile(r"^step:(\d+) - (.+)$")
VALUE = re.compile(r"^(?:np\.\w+\()?(-?(?:\d+\.?\d*(?:e[+-]?\d+)?|inf|nan))\)?$", re.IGNORECASE)
LONGEST = 256 * 1024  # of a line that is waited for


def parse_line(line: str) -> tuple[int, dict[str, float | None]] | None:
    """(step, values) of a metric line, None for any other. What is no number of JSON is None, as verl's orjson writes it."""
    text = PREFIX.sub("", COLOURS.sub("", line).rpartition("\r")[2].strip())
    found = STEP.match(text)
    if not found:
        return None
    data: dict[str, float | None] = {}
    for part in found[2].split(" - "):
        name, _, value = part.rpartition(":")
        number = VALUE.match(value.strip())
        if name and number:
            amount = float(number[1])
            data[name] = amount if math.isfinite(amount) else None
    return (int(found[1]), data) if data else None


class ConsoleMetrics:
    """Appends what a run prints to its metrics file, for as long as the run does not write one itself."""

    def __init__(self, path: str) -> None:
        self.path, self.rest, self.file, self.foreign = path, b"", -1, False

    def feed(self, data: bytes) -> None:
        """Output as it comes, in pieces of any size. Only lines that may be metrics are decoded."""
        if self.foreign:
            return
        lines = (self.rest + data).split(b"\n")
        self.rest = lines.pop()[-LONGEST:]
        for line in lines:
            if b"step:" in line:
                self.take(line)

    def take(self, line: bytes) -> None:
        point = parse_line(line.decode("utf-8", "replace"))
        if point is None:
            return
        if self.file < 0:
            if os.path.exists(self.path) and os.path.getsize(self.path) > 0:
                self.foreign = True  # the trainer's own
                return
            self.file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.write(self.file, json.dumps({"step": point[0], "data": point[1]}).encode() + b"\n")

    def close(self) -> None:
        if self.file >= 0:
            os.close(self.file)
            self.file = -1
