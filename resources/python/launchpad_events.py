"""How the helper scripts talk to the app: one JSON object per line (stdlib only).

stdout and stderr belong to people and libraries (progress bars, warnings), so
machine output has a descriptor of its own: the number in LAUNCHPAD_EVENTS.
Without that variable (a person runs the script by hand) it goes to stdout.
"""
from __future__ import annotations

import json
import os
import sys
from typing import Any, NoReturn


def emit(event: str, **fields: Any) -> None:
    """Write one event at once. A reader that went away is not an error of the job."""
    # ASCII: the reader ends a line at U+2028, too, and half a surrogate pair cannot be written at all.
    line = json.dumps({"event": event, **fields}) + "\n"
    number = os.environ.get("LAUNCHPAD_EVENTS", "")
    if not number.isdigit():
        sys.stdout.write(line)
        sys.stdout.flush()
        return
    data = line.encode("ascii")
    try:
        while data:
            data = data[os.write(int(number), data):]
    except BrokenPipeError:
        pass


def progress(done: int, total: int | None, unit: str, what: str | None = None) -> None:
    """Report `done` of `total` (None: unknown); unit is bytes, rows, steps, items or tokens."""
    emit("progress", done=done, total=total, unit=unit, what=what)


def finding(code: str, severity: str, **params: Any) -> None:
    """Report one fact about the input; severity is error, warning or info."""
    emit("finding", code=code, severity=severity, params=params)


def result(value: Any) -> None:
    """Report the one result of the script."""
    emit("result", value=value)


def fail(code: str, **params: Any) -> NoReturn:
    """Report why the script cannot go on and exit with status 1."""
    emit("error", code=code, params=params)
    raise SystemExit(1)
