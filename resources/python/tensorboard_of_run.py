"""TensorBoard on the metrics of one run, for as long as this program lives (needs tensorboard, which verl brings).

    python tensorboard_of_run.py RUN_DIR

Prints its address as the first line. Metrics are written as TensorBoard reads them, into a folder of its own that goes
with the program, and followed while the run goes on.
"""
from __future__ import annotations

import json
import logging
import os
import re
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

EVERY_SECONDS = 2.0
LOADED_SECONDS = 20.0  # TensorBoard's page stays empty when it is opened before the data are read


def attempts(run: Path) -> list[Path]:
    """The metrics files of the run, one an attempt, in their order (run_attempts.py)."""
    found = [(int(match[1] or 1), path) for path in run.glob("metrics*.jsonl")
             if (match := re.fullmatch(r"metrics(?:-(\d+))?\.jsonl", path.name))]
    return [path for _, path in sorted(found)]


def new_points(path: Path, offset: int) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """(offset behind it, point) of every whole line from an offset on; None for one that is no point."""
    with open(path, "rb") as file:
        file.seek(offset)
        for line in file:
            if not line.endswith(b"\n"):
                return  # being written
            offset += len(line)
            try:
                yield offset, json.loads(line)
            except ValueError:
                yield offset, None


def write(writer: Any, point: dict[str, Any], at: float) -> None:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary

    values = [Summary.Value(tag=name, simple_value=float(value)) for name, value in point["data"].items()
              if isinstance(value, (int, float))]
    writer.add_event(Event(wall_time=at, step=int(point["step"]), summary=Summary(value=values)))


def follow(run: Path, writer: Any, offsets: dict[Path, int]) -> None:
    """Writes what the run has measured since the last time."""
    for path in attempts(run):
        for offset, point in new_points(path, offsets.get(path, 0)):
            offsets[path] = offset
            if point is not None:
                write(writer, point, time.time())
    writer.flush()


def wait_until_loaded(address: str) -> None:
    end = time.monotonic() + LOADED_SECONDS
    while time.monotonic() < end:
        with urllib.request.urlopen(f"{address}data/runs", timeout=5) as answer:
            if json.load(answer):
                return
        time.sleep(0.2)


def main() -> None:
    run = Path(sys.argv[1])
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    logging.disable(logging.WARNING)
    from tensorboard import program
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    with tempfile.TemporaryDirectory(prefix="tensorboard-") as folder:
        board = program.TensorBoard()
        # Only for this machine; port 0 takes a free one.
        board.configure(argv=[None, "--logdir", folder, "--host", "127.0.0.1", "--port", "0", "--reload_interval", "2"])
        writer, offsets = EventFileWriter(os.path.join(folder, run.name)), dict[Path, int]()
        follow(run, writer, offsets)
        address = board.launch()
        if offsets:
            wait_until_loaded(address)
        print(address, flush=True)
        while True:
            time.sleep(EVERY_SECONDS)
            follow(run, writer, offsets)


if __name__ == "__main__":
    main()
