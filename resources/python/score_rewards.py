"""Scores completions as verl would (needs verl, or whatever the user's own function needs).

    python score_rewards.py --items ITEMS.jsonl --out SCORES.jsonl [--file REWARD.py --name compute_score] [--seconds 10]

Items: {"index", "data_source", "solution", "truth", "extra_info"}, one a line. Without --file verl's own
`default_compute_score`, else a function of verl's custom_reward_function signature: it gets data_source,
solution_str, ground_truth and extra_info by name, may be async, and gives a number or a dict with "score". Scores:
{"index", "score", "found", "failure"} in the same order; a row that raises, hangs or gives no number has a failure
{"code", "params"} and no score. Result: {"rows", "failed", "verl"}.
"""
from __future__ import annotations

import argparse
import asyncio
import importlib.util
import inspect
import json
import math
import os
import signal
import sys
import time
from importlib import metadata
from pathlib import Path
from typing import Any, Callable, Iterator, NoReturn

from hf_common import quiet
from launchpad_events import fail, progress, result

Failure = dict[str, Any]
MOST_DETAIL = 300


class TooSlow(BaseException):
    """Not an Exception: rules catch those and would go on."""


class Loop:
    """One event loop for all rows, as in verl: a function may keep a session in it. Another one once a row hung."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()

    def run(self, value: Any) -> Any:
        if not inspect.isawaitable(value):
            return value
        done = False

        async def wait() -> Any:
            return await value

        try:
            answer = self.loop.run_until_complete(wait())
            done = True
            return answer
        finally:
            if not done:
                self.loop = asyncio.new_event_loop()


def describe(problem: BaseException) -> str:
    """Type and first words of an exception, as Python would print them."""
    if isinstance(problem, SyntaxError) and problem.lineno is not None:
        return f"{type(problem).__name__}: {problem.msg} (line {problem.lineno})"[:MOST_DETAIL]
    return f"{type(problem).__name__}: {problem}"[:MOST_DETAIL]


def users_function(file: Path, name: str) -> Callable[..., Any]:
    """The function as verl loads it (verl/trainer/ppo/reward.py): the file alone, its folder is not on the path."""
    def bad(detail: str) -> NoReturn:
        fail("REWARD_FUNCTION_BAD", file=str(file), name=name, detail=detail)

    if not file.is_file():
        bad("there is no such file")
    spec = importlib.util.spec_from_file_location("custom_module", file)
    if spec is None or spec.loader is None:
        bad("not a Python file (.py)")
    module = importlib.util.module_from_spec(spec)
    sys.modules["custom_module"] = module
    try:
        spec.loader.exec_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as problem:  # sys.exit() in it, too
        bad(describe(problem))
    function = getattr(module, name, None)
    if function is None:
        bad("there is no such function in it")
    if not callable(function):
        bad("it is not a function")
    return function


def verls_function() -> Callable[..., Any]:
    try:
        from verl.utils.reward_score import default_compute_score
    except Exception as problem:  # whatever a broken environment raises
        fail("REWARD_FUNCTION_BAD", file="verl", name="default_compute_score", detail=describe(problem))
    return default_compute_score


def timed(call: Callable[[], Any], seconds: float) -> Any:
    """What `call` gives. Raises TooSlow after `seconds`, even where the call caught it and came back."""
    rung = False

    def ring(_number: int, _frame: Any) -> None:
        nonlocal rung
        rung = True
        raise TooSlow()

    # Per row: prime_math sets the alarm itself and leaves it off.
    signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)  # again each second, for a bare `except:`
        return call()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        if rung:
            raise TooSlow()


def read_score(value: Any) -> tuple[float, str | None]:
    """(score, the answer that was found, if it is said). Raises ValueError for what verl could not add up."""
    found = None
    if isinstance(value, dict):
        if "score" not in value:
            raise ValueError(f'a dict without "score": {str(value)[:100]}')
        found = value.get("pred")
        value = value["score"]
    if isinstance(value, (str, bytes)):
        raise ValueError(f"{type(value).__name__} {value[:100]!r}")
    try:
        score = float(value)
    except (TypeError, ValueError) as problem:
        raise ValueError(f"{type(value).__name__} {str(value)[:100]}") from problem
    if not math.isfinite(score):
        raise ValueError(str(score))
    return score, found if isinstance(found, str) else None


def score_row(function: Callable[..., Any], loop: Loop, item: dict[str, Any], seconds: float) -> dict[str, Any]:
    row = {"index": item["index"], "score": None, "found": None, "failure": None}
    said: dict[str, Any] = {"row": item["index"]}

    def call() -> Any:
        return loop.run(function(data_source=item["data_source"], solution_str=item["solution"],
                                 ground_truth=item["truth"], extra_info=item.get("extra_info") or {}))

    try:
        value = timed(call, seconds)
    except TooSlow:
        return {**row, "failure": {"code": "REWARD_FUNCTION_SLOW", "params": {**said, "seconds": seconds}}}
    except KeyboardInterrupt:
        raise
    except BaseException as problem:  # sys.exit() in it, too
        return {**row, "failure": {"code": "REWARD_FUNCTION_RAISED", "params": {**said, "detail": describe(problem)}}}
    try:
        row["score"], row["found"] = read_score(value)
    except ValueError as problem:
        row["failure"] = {"code": "REWARD_FUNCTION_RETURNED", "params": {**said, "detail": str(problem)}}
    return row


def read_items(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def count_lines(file: Path) -> int:
    with file.open("rb") as lines:
        return sum(1 for line in lines if line.strip())


def verl_version() -> str | None:
    try:
        return metadata.version("verl")
    except metadata.PackageNotFoundError:
        return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--name", default="compute_score")
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args()
    quiet()
    # Rules print completions, and half a surrogate pair must not be what fails.
    sys.stdout.reconfigure(errors="backslashreplace")
    # Our own scripts are not what a user's `import` should find: a run would not.
    own = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != own]
    function = verls_function() if options.file is None else users_function(options.file, options.name)
    total, done, failed, told, loop = count_lines(options.items), 0, 0, 0.0, Loop()
    with options.out.open("w", encoding="utf-8", newline="\n") as out:
        for item in read_items(options.items):
            row = score_row(function, loop, item, options.seconds)
            out.write(json.dumps(row) + "\n")
            done += 1
            failed += row["failure"] is not None
            if time.monotonic() - told > 0.2:
                told = time.monotonic()
                progress(done, total, "rows")
    progress(done, total, "rows")
    result({"rows": done, "failed": failed, "verl": verl_version()})


if __name__ == "__main__":
    main()
