"""Runs functions in forked children with a deadline: one that hangs or dies is an answer, not our end (stdlib only).

A library built for another machine may end the process (SIGILL, SIGSEGV), hang in a driver or call
os._exit. Each child leads a process group of its own, so that what it started ends with it: a
leftover would keep our stdout open, and whoever reads that would wait for ever.
"""
from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from typing import Any, Callable, NamedTuple, NoReturn

POLL = 0.5  # seconds between two looks whether a silent child still lives
REAP = 5.0  # seconds a killed child may take to go; one stuck inside a driver cannot be killed at all


class Child(NamedTuple):
    pid: int
    pipe: int


_living: set[int] = set()


def start(tasks: list[Callable[[], Any]]) -> Child:
    """Fork a child that calls `tasks` in turn and writes what each gives (JSON) as one line."""
    sys.stdout.flush()
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        _lead_group(pid)
        _living.add(pid)
        return Child(pid, reading)
    try:
        _lead_group(0)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        os.close(reading)
        with os.fdopen(writing, "wb") as answers:
            for task in tasks:
                answers.write(json.dumps(task()).encode() + b"\n")
                answers.flush()
    finally:
        os._exit(0)  # never back into the parent's code, whatever was raised


def run_all(tasks: list[Callable[[], Any]], limit: float, died: Callable[[int, str], Any],
            answered: Callable[[int, Any], None]) -> None:
    """Run every task, in one child while that lives, and tell `answered` (number, what it gave) in order.

    For a task that killed its process, or was silent for `limit` seconds, `died(number, how)` makes the
    answer, and a fresh child goes on behind it.
    """
    done = 0

    def count(answer: Any) -> None:
        nonlocal done
        done += 1
        answered(done - 1, answer)

    while done < len(tasks):
        death = finish(start(tasks[done:]), limit, count)
        if done < len(tasks):
            count(died(done, death or "Killed: ended its process"))


def finish(child: Child, limit: float, on_answer: Callable[[Any], None]) -> str | None:
    """Hand on a child's answers until it ends or is silent for `limit` seconds; how it died, or None."""
    data, status, hung = b"", None, False
    silent_since = time.monotonic()
    while True:
        if select.select([child.pipe], [], [], min(POLL, limit))[0]:
            part = os.read(child.pipe, 65536)
            if not part:
                break
            *lines, data = (data + part).split(b"\n")
            for line in lines:
                on_answer(json.loads(line))
            silent_since = time.monotonic()
        elif status is not None:
            break  # it is gone and all was read; something it forked holds the pipe
        elif time.monotonic() - silent_since > limit:
            hung = True
            break
        else:
            status = _reap(child.pid)
    os.close(child.pipe)
    if status is None and not hung:
        status = _reap(child.pid, REAP)
    _kill(child.pid)
    if status is None:
        status = _reap(child.pid, REAP)
    _living.discard(child.pid)
    if hung:
        return f"Timeout: no answer within {limit:.0f} s"
    if status is not None and os.WIFSIGNALED(status):
        return f"Killed: ended with {signal.Signals(os.WTERMSIG(status)).name}"
    return None


def first_ready(children: list[Child], limit: float) -> Child | None:
    """One that answered or died, waited for at most `limit` seconds; else None."""
    ready = select.select([child.pipe for child in children], [], [], limit)[0]
    return next((child for child in children if child.pipe in ready), None)


def end_with_children() -> None:
    """Make SIGTERM, SIGINT and SIGHUP end the children's groups as well as this process."""
    def leave(number: int, _frame: Any) -> NoReturn:
        for pid in _living:
            _kill(pid)
        os._exit(128 + number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, leave)


def _reap(pid: int, limit: float = 0) -> int | None:
    """The status of a child that has ended, waited for at most `limit` seconds; else None."""
    until = time.monotonic() + limit
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return status
        if time.monotonic() >= until:
            return None
        time.sleep(0.02)


def _kill(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except OSError:  # nobody is left in it
        pass


def _lead_group(pid: int) -> None:
    """Called on both sides of the fork: whichever is first, the group is there before it is needed."""
    try:
        os.setpgid(pid, 0)
    except OSError:
        pass
