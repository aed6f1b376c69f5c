"""Runs a command in a control group with a memory limit, as a container would: python in_cgroup.py LIMIT COMMAND..."""
import os
import sys
from pathlib import Path

group = Path("/sys/fs/cgroup") / f"launchpad-crash-{os.getpid()}"
if Path("/sys/fs/cgroup/memory").is_dir():  # version 1
    group = Path("/sys/fs/cgroup/memory") / group.name
group.mkdir()
limit = next(name for name in ("memory.max", "memory.limit_in_bytes") if (group / name).exists())
(group / limit).write_text(sys.argv[1])
(group / "cgroup.procs").write_text(str(os.getpid()))
os.execvp(sys.argv[2], sys.argv[2:])
