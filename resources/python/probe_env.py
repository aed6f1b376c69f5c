"""Says what an environment can really do (stdlib first; works in a half-built one).

    python probe_env.py --modules torch,transformers,trl

Every import and every use of a card happens in a forked child with a deadline (forked.py): a library built
for another machine may end the process or hang, and that is an answer, not a crash. torch, the cards, ways of
attention and NCCL are looked at only when torch is among the modules.
Result: `ProbeReport` of main/contract/environment.ts. Its findings are reported as events, too: the result
does not get far when a module of the recipe failed.
"""
from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import os
import platform
import shutil
import sys
import tempfile
import time
from typing import Any

import forked
from import_errors import explain_cuda, explain_import, explain_product, found, label, no_kernel, shorten
from launchpad_events import finding, progress, result
from probe_cards import TYPES, all_reduce, describe, describe_torch, has_code, product
from verl_imports import there, undeclared

GPU_LIMIT = 120  # seconds one product or the NCCL test may take, loading torch included
# Their names in transformers' attn_implementation or vLLM's backends, and the module each is.
ATTENTION = {"flash_attention_2": "flash_attn", "xformers": "xformers", "flashinfer": "flashinfer"}


def version_of(name: str, module: Any) -> str | None:
    """The module's own version, else that of the distribution of this name."""
    own = getattr(module, "__version__", None)
    if isinstance(own, str):
        return str(own)
    try:
        return importlib.metadata.version(name)
    except Exception:  # no such distribution, or damaged metadata: both mean unknown
        return None


def load(name: str) -> dict[str, Any]:
    """Import one module here, in a child: an entry of `modules`."""
    start = time.perf_counter()
    version, error = None, None
    try:
        version = version_of(name, importlib.import_module(name))
    except BaseException as problem:  # some packages call sys.exit at import
        error = describe(problem)
    return {"name": name, "version": version, "seconds": round(time.perf_counter() - start, 3), "error": error}


def not_loaded(name: str, death: str) -> dict[str, Any]:
    return {"name": name, "version": None, "seconds": None, "error": death}


def look_inside(names: list[str], limit: float) -> dict[str, Any]:
    """What one child can tell: {"modules", "extras" (attention by module), "torch" (describe_torch), "undeclared"}."""
    extras = [name for name in ATTENTION.values() if there(name)] if "torch" in names else []
    seen: dict[str, Any] = {"modules": [], "extras": [], "torch": None, "undeclared": []}

    def look_at_torch() -> dict[str, Any] | None:
        # In a fresh child, behind one that died: only if torch is known to load.
        good = "torch" in sys.modules or any(one["name"] == "torch" and not one["error"] for one in seen["modules"])
        try:
            return describe_torch() if good else None
        except BaseException as problem:
            return {"failed": describe(problem)}

    jobs = [("modules", name, lambda name=name: load(name)) for name in names]
    if "torch" in names:
        jobs.append(("torch", "torch", look_at_torch))
    jobs += [("extras", name, lambda name=name: load(name)) for name in extras]
    jobs.append(("undeclared", "verl", undeclared))

    def died(number: int, death: str) -> Any:
        kind, name, _ = jobs[number]
        return [] if kind == "undeclared" else {"failed": death} if kind == "torch" else not_loaded(name, death)

    def answered(number: int, answer: Any) -> None:
        kind, name, _ = jobs[number]
        if kind in ("modules", "extras"):
            seen[kind].append(answer)
        else:
            seen[kind] = answer
        progress(number + 1, len(jobs), "items", name)

    forked.run_all([action for _, _, action in jobs], limit, died, answered)
    return seen


def try_card(device: dict[str, Any], arch_list: list[str], limit: float) -> dict[str, Any]:
    """An entry of `gpus`. A card that hangs is not tried again with the next type."""
    products: list[dict[str, Any]] = []
    index, capability = device["index"], device["capability"]
    while len(products) < len(TYPES):
        rest = TYPES[len(products):]
        child = forked.start([lambda kind=kind: product(index, kind) for kind in rest])
        death = forked.finish(child, limit, products.append)
        lost = TYPES[len(products):]
        if death is None or not death.startswith("Timeout"):
            lost = lost[:1]
        products += [{"type": kind, "teraflops": None, "error": death or "Killed: ended its process"} for kind in lost]
    return {"index": index, "name": device["name"], "computeCapability": ".".join(map(str, capability)),
            "supported": has_code(arch_list, tuple(capability)), "products": products}


def try_nccl(count: int, limit: float) -> dict[str, Any] | None:
    """Sum a number over all cards, a process each; null with fewer than two."""
    if count < 2:
        return None
    answers: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        meeting = os.path.join(folder, "ranks")
        # The library gives up first, so that its own words arrive and not only our deadline.
        children = [forked.start([lambda rank=rank: all_reduce(rank, count, meeting, limit / 2)])
                    for rank in range(count)]
        errors: list[str] = []
        while children:
            # Once one has failed, the others wait for it in vain.
            child = forked.first_ready(children, 2 if errors else limit)
            if child is None:
                errors.append(f"Timeout: no answer within {limit:.0f} s")
                break
            children.remove(child)
            before = len(answers)
            death = forked.finish(child, limit, answers.append)
            error = answers[-1]["error"] if len(answers) > before else death or "Killed: ended its process"
            errors += [error] if error else []
        for child in children:
            forked.finish(child, 0, answers.append)
    return {"version": next((answer["version"] for answer in answers if answer["version"]), None),
            "error": errors[0] if errors else None}


def ways_of_attention(seen: dict[str, Any], gpus: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that are installed; `error`: why one cannot be used with this torch and card."""
    details = seen["torch"] or {}
    if "torch" not in details:
        return []
    version = details["torch"]["version"]
    ways = [{"name": "eager", "version": version, "error": None}]
    if details["sdpa"]:
        ways.append({"name": "sdpa", "version": version, "error": None})
    names = {module: name for name, module in ATTENTION.items()}
    for extra in seen["extras"]:
        ways.append({"name": names[extra["name"]], "version": extra["version"], "error": extra["error"]})
        if extra["name"] == "flash_attn" and extra["error"] is None and any(map(before_ampere, gpus)):
            # csrc/flash_attn/flash_api.cpp; https://github.com/vllm-project/vllm/issues/8189
            ways[-1]["error"] = "FlashAttention only supports Ampere GPUs or newer."
    return ways


def before_ampere(gpu: dict[str, Any]) -> bool:
    return int(gpu["computeCapability"].split(".")[0]) < 8


def card_is_there() -> bool:
    """Whether the machine seems to have an NVIDIA card; under WSL the tool is not on the PATH."""
    return (os.path.exists("/dev/nvidia0") or shutil.which("nvidia-smi") is not None
            or os.path.exists("/usr/lib/wsl/lib/nvidia-smi"))


def judge(report: dict[str, Any], seen: dict[str, Any], card_there: bool) -> list[dict[str, Any]]:
    """Findings of a report, without doubles. `card_there`: whether the machine has a card."""
    torch, details, glibc = report["torch"], seen["torch"] or {}, report["python"]["glibc"]
    cuda = torch["cuda"] if torch else None
    findings = [explain_import(one["name"], one["error"], glibc, "error", cuda)
                for one in report["modules"] if one["error"]]
    # transformers and vLLM load these where they find them, and fail with them.
    findings += [explain_import(one["name"], one["error"], glibc, "warning", cuda)
                 for one in seen["extras"] if one["error"]]
    findings += [found("UNDECLARED_MODULE", "error", {"module": name}) for name in report["undeclared"]]
    if "failed" in details:
        findings.append(explain_cuda(details["failed"], cuda))
    if details.get("numpyError"):
        findings.append(explain_import("torch", details["numpyError"], glibc, "error", cuda))
    if torch and card_there and cuda is None and not torch["cudaAvailable"]:
        findings.append(found("CUDA_BUILD_MISSING", "warning", {"version": torch["version"]}))
    if card_there and details.get("cudaError"):
        findings.append(explain_cuda(details["cudaError"], cuda))
    for gpu in report["gpus"]:
        findings += judge_card(gpu, torch)
        if any(way["name"] == "flash_attention_2" for way in report["attention"]) and before_ampere(gpu):
            findings.append(found("FLASH_ATTENTION_CARD", "warning", {
                "gpu": label(gpu), "capability": gpu["computeCapability"]}))
    if report["nccl"] and report["nccl"]["error"]:
        findings.append(found("NCCL_FAILED", "error", {"error": shorten(report["nccl"]["error"])}))
    return [one for number, one in enumerate(findings) if one not in findings[:number]]


def judge_card(gpu: dict[str, Any], torch: dict[str, Any]) -> list[dict[str, Any]]:
    if not gpu["supported"]:
        return [no_kernel(gpu, torch)]  # its products fail for this reason
    findings = [explain_product(gpu, one["type"], one["error"], torch) for one in gpu["products"] if one["error"]]
    # Compute capability 8.0 is the first with bfloat16 units:
    # https://docs.nvidia.com/cuda/cuda-c-programming-guide/#arithmetic-instructions
    works = any(one["type"] == "bfloat16" and one["error"] is None for one in gpu["products"])
    if works and before_ampere(gpu):
        findings.append(found("BFLOAT16_EMULATED", "info", {
            "gpu": label(gpu), "capability": gpu["computeCapability"]}))
    return findings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--modules", default="", help="comma-separated")
    parser.add_argument("--timeout", type=float, default=180, help="seconds one import may take")
    options = parser.parse_args()
    forked.end_with_children()
    names = list(dict.fromkeys(name.strip() for name in options.modules.split(",") if name.strip()))
    library, version = platform.libc_ver()
    seen = look_inside(names, options.timeout)
    torch = (seen["torch"] or {}).get("torch")
    devices = (seen["torch"] or {}).get("devices", [])
    limit = min(options.timeout, GPU_LIMIT)
    gpus = []
    for device in devices:
        gpus.append(try_card(device, torch["archList"], limit))
        progress(len(gpus), len(devices), "items", device["name"])
    report: dict[str, Any] = {
        "python": {"version": platform.python_version(), "executable": sys.executable,
                   "glibc": version if library == "glibc" else None},
        "modules": seen["modules"], "torch": torch, "gpus": gpus, "attention": ways_of_attention(seen, gpus),
        "nccl": try_nccl(len(devices), limit), "undeclared": seen["undeclared"]}
    report["findings"] = judge(report, seen, card_is_there())
    for one in report["findings"]:
        finding(one["code"], one["severity"], **one["params"])
    result(report)


if __name__ == "__main__":
    main()
