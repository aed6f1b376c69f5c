"""What preflight_verl.py finds, one area after the other; an area that breaks is a finding, never the end of all."""
from __future__ import annotations

import traceback
from contextlib import redirect_stdout
from typing import Any, Callable

import sys

from launchpad_events import finding, progress

Finding = dict[str, Any]
MOST_DETAIL = 600


class Skip(Exception):
    """The area cannot be looked at here; `params` say why."""

    def __init__(self, **params: Any) -> None:
        super().__init__(str(params))
        self.params = params


def made(code: str, severity: str, keys: list[str] | tuple[str, ...] = (), **params: Any) -> Finding:
    """A finding; `keys` are the options or variables it is about. Parameters are text or numbers, none is left out."""
    said = {name: value for name, value in params.items() if value is not None}
    return {"code": code, "severity": severity, "keys": list(keys), "params": said}


def describe(problem: BaseException) -> str:
    """What an exception says, in one text; a bare assert says its own line (verl 0.5.0 has such)."""
    text = str(problem).strip()
    if not text and problem.__traceback__ is not None:
        text = (traceback.extract_tb(problem.__traceback__)[-1].line or "").strip()
    return f"{type(problem).__name__}: {text}"[:MOST_DETAIL]


def look(areas: list[tuple[str, Callable[[], list[Finding]]]]) -> tuple[list[dict[str, Any]], list[Finding]]:
    """(areas with their state, findings with their area), told as they come."""
    states: list[dict[str, Any]] = []
    findings: list[Finding] = []
    progress(0, len(areas), "items", areas[0][0] if areas else None)
    for index, (area, check) in enumerate(areas):
        params: dict[str, Any] = {}
        try:
            with redirect_stdout(sys.stderr):  # verl prints while it checks
                found = check()
            state = "failed" if any(one["severity"] == "error" for one in found) else "passed"
        except Skip as why:
            found, state, params = [], "skipped", why.params
        except Exception as problem:  # whatever a library raises: the other areas still count
            traceback.print_exc()
            found, state = [made("PREFLIGHT_AREA_BROKE", "error", area=area, detail=describe(problem))], "failed"
        for one in found:
            findings.append({**one, "area": area})
            finding(one["code"], one["severity"], **one["params"])
        states.append({"area": area, "state": state, "params": params})
        progress(index + 1, len(areas), "items", areas[index + 1][0] if index + 1 < len(areas) else None)
    return states, findings
