"""Writes what each phase of a verl worker needs of the GPU: one JSON line per phase into the file named by GPU_PHASES.

verl 0.5.0 imports it in the worker's process through actor_rollout_ref.model.external_lib (fsdp_workers.py:567,1177).
"""
from __future__ import annotations

import functools
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import torch
from verl.workers.actor.dp_actor import DataParallelPPOActor
from verl.workers.critic.dp_critic import DataParallelPPOCritic
from verl.workers.fsdp_workers import ActorRolloutRefWorker, CriticWorker

CUDA = torch.cuda.is_available()  # the rehearsal has none
if CUDA and os.environ.get("GPU_CAP_GIB"):  # does a run get along with what the memory table says? Torch's share only
    total = torch.cuda.get_device_properties(0).total_memory
    torch.cuda.set_per_process_memory_fraction(float(os.environ["GPU_CAP_GIB"]) * 2**30 / total)
inside = False  # compute_ref_log_prob calls compute_log_prob with LoRA
started = False
parts: dict[str, dict[str, float]] = {}  # of the update that runs


def numbers() -> dict[str, int]:
    """What torch holds now, and the most it held since the last reset."""
    if not CUDA:
        return {"allocated": 0, "peakAllocated": 0, "peakReserved": 0}
    torch.cuda.synchronize()
    return {"allocated": torch.cuda.memory_allocated(), "peakAllocated": torch.cuda.max_memory_allocated(),
            "peakReserved": torch.cuda.max_memory_reserved()}


def reset() -> None:
    if CUDA:
        torch.cuda.reset_peak_memory_stats()


def host() -> int:
    """The most RAM this process ever had (VmHWM of proc(5), kB)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024
    return 0


def write(phase: str, seconds: float, before: int, **more: Any) -> None:
    line = {"phase": phase, "seconds": round(seconds, 3), "before": before, **numbers(), "hostPeak": host(), **more}
    if CUDA:
        free, total = torch.cuda.mem_get_info()
        line["cardUsed"] = total - free
    with open(os.environ["GPU_PHASES"], "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def phase(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def measured(self: Any, data: Any) -> Any:
        global inside, started
        if inside:
            return method(self, data)
        if not started:
            started = True
            write("init", time.time() - psutil.Process().create_time(), 0)
        rows, inside = len(data), True
        parts.clear()
        before = numbers()["allocated"]
        reset()
        start = time.perf_counter()
        try:
            output = method(self, data)
        finally:
            inside = False
        write(name, time.perf_counter() - start, before, rows=rows, **({"parts": dict(parts)} if parts else {}))
        if parts:  # an optimizer step has reset the peak: the phase's is the highest of its parts
            parts.clear()
        return output
    return measured


def optimizer_step(method: Callable[..., Any]) -> Callable[..., Any]:
    """Tells forward and backward from the optimizer's step, whose temporaries can be the larger."""
    @functools.wraps(method)
    def measured(self: Any) -> Any:
        was = numbers()
        reset()
        output = method(self)
        now = numbers()
        for part, value in (("backward", was), ("optimizer", now)):
            known = parts.setdefault(part, {"peakAllocated": 0, "peakReserved": 0})
            for key in known:
                known[key] = max(known[key], value[key])
        return output
    return measured


for cls, names in ((ActorRolloutRefWorker, {"generate_sequences": "rollout", "compute_log_prob": "log_prob",
                                            "compute_ref_log_prob": "ref", "update_actor": "update_actor"}),
                   (CriticWorker, {"compute_values": "values", "update_critic": "update_critic"})):
    for method_name, phase_name in names.items():
        setattr(cls, method_name, phase(phase_name, getattr(cls, method_name)))
for updater in (DataParallelPPOActor, DataParallelPPOCritic):
    updater._optimizer_step = optimizer_step(updater._optimizer_step)
