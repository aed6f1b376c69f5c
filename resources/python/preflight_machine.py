"""The card, the machine and the disk, measured the moment before a start."""
from __future__ import annotations

import os
import resource
import shutil
import socket
import tempfile
from pathlib import Path
from typing import Any

from preflight_environment import at
from preflight_report import Finding, Skip, made

GIB = 2**30
# single_controller/ray/base.py asks 3 CPUs for the worker group, main_ppo.py one for itself.
RAY_CPUS = 4
# verl 0.9's trainer keeps its data in stores that ask one each (transfer_queue/storage/simple_storage.py). Measured with
# 0.9.1: 8 stores start with 12 CPUs and wait for ever with 11; 1 store starts with 5 and waits with 4.
STORES = "transfer_queue.backend.SimpleStorage.num_data_storage_units"
# sockaddr_un holds 107 characters; Ray adds /ray/session_<26 characters>_<pid>/sockets/plasma_store.
SOCKET_PATH = 107
RAY_ADDS = len("/ray/session_2026-01-01_00-00-00_000000_1234567/sockets/plasma_store")
OPEN_FILES = 4096
SHARED_MEMORY = 2 * GIB


def card() -> tuple[int, int] | None:
    """Compute capability of the first card, None without one."""
    try:
        import torch
        return torch.cuda.get_device_capability(0) if torch.cuda.is_available() else None
    except Exception:  # a driver that is too old raises as it is asked
        return None


def runs_on(archs: list[str], capability: tuple[int, int]) -> bool:
    """Whether a torch built for `archs` has code for the card: the same major with a minor not above, or PTX below."""
    for arch in archs:
        kind, _, number = arch.partition("_")
        digits = "".join(filter(str.isdigit, number))
        if len(digits) < 2:
            continue
        major, minor = int(digits[:-1]), int(digits[-1])
        if kind == "sm" and major == capability[0] and minor <= capability[1]:
            return True
        if kind == "compute" and (major, minor) <= capability:
            return True
    return False


def check_gpu(config: dict[str, Any], wanted: bool, needs: dict[str, Any] | None) -> list[Finding]:
    if not wanted:
        raise Skip(reason="no-gpu-wanted")
    import torch
    if not torch.cuda.is_available():
        return [made("PREFLIGHT_NO_GPU", "error", [], torch=torch.__version__, built=torch.version.cuda or "cpu")]
    findings = []
    count, asked = torch.cuda.device_count(), at(config, "trainer.n_gpus_per_node", 1)
    if isinstance(asked, int) and asked > count:
        findings.append(made("PREFLIGHT_GPUS_FEW", "error", ["trainer.n_gpus_per_node"], asked=asked, gpus=count))
    capability = torch.cuda.get_device_capability(0)
    shown = f"{capability[0]}.{capability[1]}"
    archs = torch.cuda.get_arch_list()
    if not runs_on(archs, capability):
        findings.append(made("PREFLIGHT_TORCH_ARCH", "error", [], capability=shown, archs=" ".join(archs)))
    if capability < (8, 0):
        for key in bf16_options(config):
            findings.append(made("PREFLIGHT_BF16", "error", [key], key=key, capability=shown))
    free, _total = torch.cuda.mem_get_info(0)
    needed = (needs or {}).get("gpuBytes")
    if needed is not None and free < needed:
        findings.append(made("PREFLIGHT_VRAM", "warning", [], freeBytes=free, neededBytes=int(needed)))
    return findings


def bf16_options(config: dict[str, Any]) -> list[str]:
    """Options that say bfloat16, by themselves or by verl's default."""
    keys = ["actor_rollout_ref.rollout.dtype", "actor_rollout_ref.actor.fsdp_config.dtype"]
    return [key for key in keys if str(at(config, key, "")) in ("bfloat16", "bf16")]


def ray_cpus(config: dict[str, Any]) -> tuple[int, str | None]:
    """(CPUs that Ray will have, the option that says so)."""
    for key in ("ray_kwargs.ray_init.num_cpus", "ray_init.num_cpus"):
        value = at(config, key)
        if isinstance(value, int):
            return value, key
    return len(os.sched_getaffinity(0)), None


def ray_needs(config: dict[str, Any]) -> int:
    """CPUs without which verl waits for ever."""
    stores = at(config, STORES, 0) if at(config, "trainer.use_v1", False) is True else 0
    return RAY_CPUS + (stores if isinstance(stores, int) else 0)


def ray_folder(env: dict[str, str]) -> str:
    """ray/_common/utils.py get_default_system_temp_dir."""
    return env.get("RAY_TMPDIR") or env.get("TMPDIR") or "/tmp"


def available_memory() -> int:
    """Bytes; what the control group leaves counts when it is less."""
    lines = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines() if ":" in line)
    free = int(lines["MemAvailable"].split()[0]) * 1024
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
        used = int(Path("/sys/fs/cgroup/memory.current").read_text())
        return free if limit == "max" else min(free, int(limit) - used)
    except (OSError, ValueError):
        return free


def check_machine(config: dict[str, Any], env: dict[str, str], ray_key: str, parameters: int | None) -> list[Finding]:
    findings = []
    cpus, key = ray_cpus(config)
    needed = ray_needs(config)
    if cpus < needed:
        key = key or ray_key
        findings.append(made("PREFLIGHT_RAY_CPUS", "error", [key], key=key, cpus=cpus, needed=needed, wanted=needed + 4))
    shm = shutil.disk_usage("/dev/shm") if os.path.isdir("/dev/shm") else None
    if shm is not None and shm.free < SHARED_MEMORY:
        findings.append(made("PREFLIGHT_SHM_SMALL", "warning", [], freeBytes=shm.free, neededBytes=SHARED_MEMORY))
    if parameters is not None and parameters * 4 > available_memory():
        findings.append(made("PREFLIGHT_RAM", "error", [], freeBytes=available_memory(), neededBytes=parameters * 4))
    try:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
    except OSError as problem:
        findings.append(made("PREFLIGHT_NO_PORT", "error", [], detail=str(problem)))
    folder = ray_folder(env)
    if len(folder.encode()) + RAY_ADDS > SOCKET_PATH:
        findings.append(made("PREFLIGHT_TMPDIR_LONG", "error", ["RAY_TMPDIR"], folder=folder,
                             length=len(folder.encode()), most=SOCKET_PATH - RAY_ADDS))
    elif not os.access(folder, os.W_OK):
        findings.append(made("PREFLIGHT_TMPDIR_CLOSED", "error", ["RAY_TMPDIR"], folder=folder))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < OPEN_FILES:
        code = "error" if hard != resource.RLIM_INFINITY and hard < 1024 else "warning"
        findings.append(made("PREFLIGHT_OPEN_FILES", code, [], limit=soft, needed=OPEN_FILES))
    return findings


def existing(folder: str) -> Path:
    """The folder, or the nearest above it that is there: a run's own folder is made at its start."""
    path = Path(folder).absolute()
    while not path.exists():
        path = path.parent
    return path


def kept_checkpoints(config: dict[str, Any], steps: int | None) -> int | None:
    """How many whole checkpoints lie on the disk at once; None: nobody can say, 0: none is saved."""
    every = at(config, "trainer.save_freq", -1)
    if not isinstance(every, int) or every <= 0:
        return 0
    most = at(config, "trainer.max_actor_ckpt_to_keep")
    if steps is None:
        return most if isinstance(most, int) else None
    saves = max(1, -(-steps // every))
    # A new one is written before the oldest goes.
    return min(saves, most + 1) if isinstance(most, int) and most > 0 else saves


def check_disk(config: dict[str, Any], folder: str, checkpoint: int | None, steps: int | None) -> list[Finding]:
    place = existing(folder)
    if not os.access(place, os.W_OK):
        return [made("PREFLIGHT_DISK_CLOSED", "error", ["trainer.default_local_dir"], folder=str(place))]
    try:
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(b"1")
    except OSError as problem:
        return [made("PREFLIGHT_DISK_CLOSED", "error", ["trainer.default_local_dir"], folder=str(place),
                     detail=str(problem))]
    free, count = shutil.disk_usage(place).free, kept_checkpoints(config, steps)
    findings = []
    if free < GIB:
        findings.append(made("PREFLIGHT_DISK_FULL", "error", [], folder=str(place), freeBytes=free))
    if checkpoint is None or not count:
        return findings
    keys = ["trainer.save_freq", "trainer.max_actor_ckpt_to_keep"]
    if count * checkpoint > free:
        findings.append(made("PREFLIGHT_DISK_CHECKPOINTS", "error", keys, count=count, eachBytes=checkpoint,
                             neededBytes=count * checkpoint, freeBytes=free))
    elif count > 100:
        findings.append(made("PREFLIGHT_MANY_CHECKPOINTS", "warning", keys, count=count, eachBytes=checkpoint,
                             neededBytes=count * checkpoint))
    return findings
