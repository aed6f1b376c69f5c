"""What torch says and does on this machine's cards. Every function here runs inside a forked child."""
from __future__ import annotations

import datetime
import importlib
import importlib.util
import re
import time
from typing import Any

SIZE = 4096  # large enough to keep a big card busy; three such float32 matrices take 200 MB
SECONDS = 0.2  # of repeats after the warm-up
TYPES = ["float32", "float16", "bfloat16"]


def has_code(arch_list: list[str], capability: tuple[int, int]) -> bool:
    """Whether a build with this arch list has code for a card of this compute capability (major, minor).

    A cubin (sm_XY) runs on cards of the same major and the same or a higher minor; PTX (compute_XY) is
    compiled by the driver for every card that is not older.
    https://docs.nvidia.com/cuda/cuda-c-programming-guide/#binary-compatibility and #ptx-compatibility
    "a" code runs on exactly that card, "f" code on its family, which is cubins' rule again:
    https://docs.nvidia.com/cuda/cuda-programming-guide/05-appendices/compute-capabilities.html#feature-availability
    A list without any such name (ROCm's gfx90a) says nothing: taken as fitting.
    """
    known = [match.groups() for match in (re.match(r"(sm|compute)_(\d+)(\d)([af]?)$", arch) for arch in arch_list)
             if match]
    for kind, major, minor, suffix in known:
        built = (int(major), int(minor))
        same_family = built[0] == capability[0] and built <= capability
        if built == capability or (suffix != "a" and (same_family or (kind == "compute" and suffix == ""
                                                                      and built <= capability))):
            return True
    return not known


def describe_torch() -> dict[str, Any]:
    """{"torch": as in the report, "devices": [{"index","name","capability"}], "cudaError", "numpyError", "sdpa"}."""
    torch = importlib.import_module("torch")
    available = torch.cuda.is_available()
    arch_list = torch.cuda.get_arch_list()
    if not arch_list:  # empty without a usable card; what was built in is still known
        flags = getattr(torch._C, "_cuda_getArchFlags", None)
        arch_list = ((flags() if flags else None) or "").split()
    devices = []
    for index in range(torch.cuda.device_count() if available else 0):
        devices.append({"index": index, "name": torch.cuda.get_device_name(index),
                        "capability": list(torch.cuda.get_device_capability(index))})
    return {
        "torch": {"version": str(torch.__version__), "cuda": torch.version.cuda, "cudaAvailable": available,
                  "archList": arch_list, "threads": torch.get_num_threads()},
        "devices": devices,
        "cudaError": attempt(torch.cuda.init) if torch.version.cuda and not available else None,
        # torch loads with a numpy of the other ABI, and fails at the first array.
        "numpyError": attempt(lambda: torch.zeros(1).numpy()) if importlib.util.find_spec("numpy") else None,
        "sdpa": hasattr(torch.nn.functional, "scaled_dot_product_attention"),
    }


def attempt(action: Any) -> str | None:
    """What it raised, "Type: text"; None when it worked."""
    try:
        action()
        return None
    except BaseException as problem:
        return describe(problem)


def describe(problem: BaseException) -> str:
    return f"{type(problem).__name__}: {problem}"[:4000]


def product(index: int, kind: str) -> dict[str, Any]:
    """Multiply matrices of this type on one card: {"type", "teraflops", "error"}."""
    try:
        torch = importlib.import_module("torch")
        options = {"dtype": getattr(torch, kind), "device": f"cuda:{index}"}
        ones = torch.ones(64, 64, **options)
        value = float((ones @ ones)[0, 0])
        if value != 64:
            raise ArithmeticError(f"64 x 64 ones gave {value}")
        left, right = torch.rand(SIZE, SIZE, **options), torch.rand(SIZE, SIZE, **options)
        for _ in range(2):  # the first call loads the kernel, the second says how long one takes
            seconds = timed(torch, index, left, right, 1)
        repeats = max(1, min(200, int(SECONDS / seconds)))
        seconds = timed(torch, index, left, right, repeats)
        return {"type": kind, "teraflops": round(2 * SIZE ** 3 * repeats / seconds / 1e12, 2), "error": None}
    except BaseException as problem:
        return {"type": kind, "teraflops": None, "error": describe(problem)}


def timed(torch: Any, index: int, left: Any, right: Any, repeats: int) -> float:
    torch.cuda.synchronize(index)
    start = time.perf_counter()
    for _ in range(repeats):
        left @ right
    torch.cuda.synchronize(index)
    return max(time.perf_counter() - start, 1e-6)


def all_reduce(rank: int, count: int, meeting_file: str, limit: float) -> dict[str, Any]:
    """One rank of a sum over all cards: {"version", "error"}. Waits for the others at most `limit` seconds."""
    version = None
    try:
        torch = importlib.import_module("torch")
        distributed = importlib.import_module("torch.distributed")
        version = ".".join(str(part) for part in torch.cuda.nccl.version())
        torch.cuda.set_device(rank)
        # A file, not a port: nothing to collide with, no firewall or proxy in between.
        store = distributed.FileStore(meeting_file, count)
        distributed.init_process_group("nccl", store=store, rank=rank, world_size=count,
                                       timeout=datetime.timedelta(seconds=limit))
        value = torch.ones(1, device=f"cuda:{rank}") * (rank + 1)
        distributed.all_reduce(value)
        if float(value) != count * (count + 1) / 2:
            raise ArithmeticError(f"the sum over {count} cards gave {float(value)}")
        distributed.destroy_process_group()
        return {"version": version, "error": None}
    except BaseException as problem:
        return {"version": version, "error": describe(problem)}
