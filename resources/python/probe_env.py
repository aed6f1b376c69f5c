"""Says what an environment can really import (stdlib first; works in a half-built one).

    python probe_env.py --modules torch,transformers,trl

Every module is imported in a child process: a library built for another machine
may end the process (SIGILL, SIGSEGV) or hang, and that is an answer, not a crash.
Result: {"python": {"version","executable","glibc"}, "modules": [{"name","version",
"seconds","error"}], "torch": null | {"version","cuda","cudaAvailable","archList","threads"}}.
"""
from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import json
import os
import platform
import select
import signal
import sys
import time
from typing import Any

from launchpad_events import progress, result


def version_of(name: str, module: Any) -> str | None:
    """The module's own version, else that of the distribution of this name."""
    own = getattr(module, "__version__", None)
    if isinstance(own, str):
        return own
    try:
        return importlib.metadata.version(name)
    except Exception:  # no such distribution, or damaged metadata: both mean unknown
        return None


def describe_torch(torch: Any) -> dict[str, Any]:
    """What torch was built for and what it sees. `archList` is empty without a usable GPU build."""
    return {"version": torch.__version__, "cuda": torch.version.cuda, "cudaAvailable": torch.cuda.is_available(),
            "archList": torch.cuda.get_arch_list(), "threads": torch.get_num_threads()}


def probe(name: str) -> dict[str, Any]:
    """Import one module here: {"module": {...}} and for torch also {"torch": {...}}."""
    start = time.perf_counter()
    version, error, answer = None, None, {}
    try:
        module = importlib.import_module(name)
        version = version_of(name, module)
        if name == "torch":
            answer["torch"] = describe_torch(module)
    except BaseException as problem:  # some packages call sys.exit at import
        error = f"{type(problem).__name__}: {problem}"
    seconds = round(time.perf_counter() - start, 3)
    return answer | {"module": {"name": name, "version": version, "seconds": seconds, "error": error}}


def start_child(names: list[str]) -> tuple[int, int]:
    """Fork a child that imports `names` in turn and writes one JSON line for each: (pid, pipe)."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    try:
        os.close(reading)
        for name in names:
            os.write(writing, json.dumps(probe(name)).encode() + b"\n")
    finally:
        os._exit(0)


def read_lines(pid: int, pipe: int, limit: float) -> tuple[list[dict[str, Any]], str | None]:
    """Answers of a child until it ends or is silent for `limit` seconds: (answers, how it died or None)."""
    data, hung = b"", False
    while True:
        if not select.select([pipe], [], [], limit)[0]:
            hung = True
            os.kill(pid, signal.SIGKILL)
        part = os.read(pipe, 65536)
        if not part:
            break
        data += part
    os.close(pipe)
    _, status = os.waitpid(pid, 0)
    answers = [json.loads(line) for line in data.split(b"\n")[:-1]]
    if hung:
        return answers, f"Timeout: no answer within {limit:.0f} s"
    if os.WIFSIGNALED(status):
        return answers, f"Killed: import ended with {signal.Signals(os.WTERMSIG(status)).name}"
    return answers, None


def probe_all(names: list[str], limit: float) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """Probe every module; a fresh child goes on behind one that killed its process."""
    modules: list[dict[str, Any]] = []
    torch = None
    while len(modules) < len(names):
        answers, death = read_lines(*start_child(names[len(modules):]), limit)
        for answer in answers:
            modules.append(answer["module"])
            torch = answer.get("torch", torch)
        if len(modules) < len(names):
            modules.append({"name": names[len(modules)], "version": None, "seconds": None,
                            "error": death or "Killed: import ended the process"})
        progress(len(modules), len(names), "items", "modules")
    return modules, torch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--modules", default="", help="comma-separated")
    parser.add_argument("--timeout", type=float, default=180, help="seconds one import may take")
    options = parser.parse_args()
    names = list(dict.fromkeys(name.strip() for name in options.modules.split(",") if name.strip()))
    library, version = platform.libc_ver()
    sys.stdout.flush()
    modules, torch = probe_all(names, options.timeout)
    result({"python": {"version": platform.python_version(), "executable": sys.executable,
                       "glibc": version if library == "glibc" else None},
            "modules": modules, "torch": torch})


if __name__ == "__main__":
    main()
