"""Dies in one way, of something real: torch, Ray, transformers, the system.

    python die.py HOW FOLDER        (FOLDER: what prepare.py made; some ways need root, for a small file system)
"""
from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path


def small_file_system(where: str, size: str) -> None:
    os.makedirs(where, exist_ok=True)
    # In a mount namespace of our own (unshare --mount): nothing is left afterwards.
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", where], check=True)


def disk_full(folder: Path) -> None:
    import torch

    small_file_system("/mnt/checkpoints", "3m")
    for step in range(1, 9):
        print(f"step:{step} - actor/loss:{1 / step:.3f}", flush=True)
        torch.save({"weights": torch.zeros(500_000)}, f"/mnt/checkpoints/step-{step}.pt")


def shm_small(folder: Path) -> None:
    import torch
    from torch.utils.data import DataLoader

    small_file_system("/dev/shm", "64k")
    for batch in DataLoader([torch.zeros(250_000) for _ in range(64)], batch_size=8, num_workers=2):
        print("batch", tuple(batch.shape), flush=True)


def port_taken(folder: Path) -> None:
    import torch.distributed as dist

    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 29511))
        holder.listen()
        dist.init_process_group("gloo", init_method="tcp://127.0.0.1:29511", rank=0, world_size=1)


def nobody_comes(folder: Path) -> None:
    from datetime import timedelta

    import torch.distributed as dist

    wait = timedelta(seconds=5)
    dist.init_process_group("gloo", init_method="tcp://127.0.0.1:29512", rank=0, world_size=2, timeout=wait)


def no_nccl(folder: Path) -> None:
    import torch.distributed as dist

    dist.init_process_group("nccl", init_method="tcp://127.0.0.1:29513", rank=0, world_size=1)


def nan(folder: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder / "model-nan")
    model = AutoModelForCausalLM.from_pretrained(folder / "model-nan")
    asked = tokenizer("What is 1 + 1 ?", return_tensors="pt", return_token_type_ids=False)
    print(model.generate(**asked, do_sample=True, max_new_tokens=8))


def cut_weights(folder: Path) -> None:
    from transformers import AutoModelForCausalLM

    AutoModelForCausalLM.from_pretrained(folder / "model-cut")


def offline(folder: Path) -> None:
    from transformers import AutoModelForCausalLM

    AutoModelForCausalLM.from_pretrained("Qwen/Qwen2.5-0.5B-Instruct")


def segfault(folder: Path) -> None:
    import torch

    print("loading", torch.__version__, flush=True)
    ctypes.string_at(0)


def ray_worker_killed(folder: Path) -> None:
    import ray

    ray.init(num_cpus=2, include_dashboard=False)

    @ray.remote
    class WorkerDict:
        def pid(self) -> int:
            return os.getpid()

        def update_actor(self) -> None:
            time.sleep(60)

    worker = WorkerDict.remote()
    pid = ray.get(worker.pid.remote())
    waiting = worker.update_actor.remote()
    os.kill(pid, signal.SIGKILL)
    ray.get(waiting)


def ray_memory(folder: Path) -> None:
    import ray

    ray.init(num_cpus=2, include_dashboard=False)

    @ray.remote(max_retries=0)
    def hold() -> int:
        held = []
        for _ in range(200):
            held.append(bytearray(os.urandom(1)) * 50_000_000)
            time.sleep(0.1)
        return len(held)

    ray.get(hold.remote())


def cgroup_memory(folder: Path) -> None:
    import torch

    held = []
    for step in range(1, 200):
        print(f"step:{step} - perf/max_memory_allocated_gb:0.0", flush=True)
        held.append(torch.ones(25_000_000))


if __name__ == "__main__":
    globals()[sys.argv[1]](Path(sys.argv[2]))
