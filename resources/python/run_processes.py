"""Processes of a run as Linux shows them: who lives, who belongs to it, what the kernel killed (stdlib only)."""
from __future__ import annotations

import os
import re
from typing import Any


def read_bytes(path: str) -> bytes | None:
    """The whole file, or None when it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


def process_stat(pid: int) -> list[str] | None:
    """Fields of /proc/<pid>/stat from `state` (field 3) on, or None when there is no such process.

    The command name (field 2) may hold spaces and parentheses: split behind the last closing one.
    """
    data = read_bytes(f"/proc/{pid}/stat")
    return data[data.rfind(b")") + 2:].decode().split() if data else None


def start_ticks(pid: int) -> int | None:
    """Start time of a live process (field 22, clock ticks since boot): with pid and boot id its name for good."""
    fields = process_stat(pid)
    return int(fields[19]) if fields and fields[0] not in "ZX" else None


def boot_id() -> str:
    """Changes with every boot of the machine."""
    return (read_bytes("/proc/sys/kernel/random/boot_id") or b"").decode().strip()


def is_alive(identity: Any) -> bool:
    """Whether {"pid","startTicks","bootId"} names a process that lives now."""
    if not isinstance(identity, dict) or identity.get("bootId") != boot_id():
        return False
    ticks = start_ticks(identity.get("pid") or 0)
    return ticks is not None and ticks == identity.get("startTicks")


def run_processes(token: str, session: int) -> dict[int, int]:
    """Live processes of this run as {pid: startTicks}, this one excluded.

    Three nets, since each has a hole: the token in the environment (`env -i` drops it), descent from
    this subreaper (fails where prctl is refused) and the child's session (setsid leaves it).
    """
    me, entry = os.getpid(), f"LAUNCHPAD_RUN_TOKEN={token}".encode()
    found: dict[int, int] = {}
    children: dict[int, list[int]] = {}
    ticks: dict[int, int] = {}
    for name in os.listdir("/proc"):
        fields = process_stat(int(name)) if name.isdigit() else None
        if not fields or int(name) == me:
            continue
        pid = int(name)
        children.setdefault(int(fields[1]), []).append(pid)
        if fields[0] not in "ZX":
            ticks[pid] = int(fields[19])
            if int(fields[3]) == session or entry in (read_bytes(f"/proc/{pid}/environ") or b"").split(b"\0"):
                found[pid] = ticks[pid]
    generation = children.get(me, [])
    while generation:
        found.update({pid: ticks[pid] for pid in generation if pid in ticks})
        generation = [child for pid in generation for child in children.get(pid, [])]
    return found


def oom_kills() -> int | None:
    """oom_kill counter of the own cgroup (v2 memory.events, v1 memory.oom_control), None when unreadable.

    In a container /proc/self/cgroup may show the host's path while the mount shows only ours: try its root too.
    """
    rows = [line.split(":", 2) for line in (read_bytes("/proc/self/cgroup") or b"").decode().splitlines()]
    files = [f"/sys/fs/cgroup{path}/memory.events" for number, _, path in rows if number == "0"]
    files += [f"/sys/fs/cgroup/memory{path}/memory.oom_control" for _, names, path in rows if "memory" in names.split(",")]
    for file in [*files, "/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"]:
        match = re.search(rb"^oom_kill (\d+)$", read_bytes(file) or b"", re.MULTILINE)
        if match:
            return int(match[1])
    return None
