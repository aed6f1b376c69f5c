"""What the text of an error means for the person: a finding with a code and parameters (pure, stdlib only).

The codes' sentences are in main/contract/locales/scripts.ts. The first rule that matches wins, so the cause
stands before its consequence: with a GLIBC_ line present, "No module named 'vllm._C'" in the same text is
only what followed (https://github.com/vllm-project/vllm/issues/15592).
"""
from __future__ import annotations

import re
from typing import Any

Finding = dict  # {"code", "severity": "error"|"warning"|"info", "params": {name: str|int}}

# Named groups become parameters.
IMPORT_RULES = [
    # dlopen(3), text of glibc's elf/dl-version.c. https://github.com/vllm-project/vllm/issues/15592
    ("GLIBC_TOO_OLD", r"version [`']?(?P<needs>GLIBC_[\d.]+)'? not found"),
    # https://github.com/NVlabs/BundleSDF/issues/185
    ("LIBSTDCXX_OLD", r"version [`']?(?P<needs>(?:GLIBCXX|CXXABI)_[\w.]+?)'? not found"),
    # What forked.py says of a child that met an instruction its processor does not have.
    ("CPU_INSTRUCTION", r"^Killed: ended with SIGILL"),
    # The driver's own library comes with the driver, never with a package.
    # https://github.com/pytorch/pytorch/issues/2985
    ("CUDA_DRIVER_MISSING", r"(?P<library>libcuda\.so[\w.]*|libnvidia-ml\.so[\w.]*): cannot open shared object file"),
    # elf/dl-load.c. https://github.com/Dao-AILab/flash-attention/issues/631 and 236
    ("SHARED_LIBRARY_MISSING", r"(?P<library>[^\s:]+\.so[\w.]*): cannot open shared object file"),
    # elf/dl-lookup.c. https://github.com/Dao-AILab/flash-attention/issues/1832, vllm-project/vllm/issues/10300
    ("UNDEFINED_SYMBOL", r"undefined symbol: (?P<symbol>[^\s,]+)"),
    # c10/cuda/CUDAFunctions.cpp. https://github.com/lllyasviel/Fooocus/issues/1313
    ("CUDA_DRIVER_TOO_OLD", r"driver on your system is too old(?: \(found version (?P<found>\d+)\))?"),
    ("CUDA_DRIVER_TOO_OLD", r"CUDA driver version is insufficient for CUDA runtime version"),
    # numpy/core/_multiarray_umath.py, numpy/__init__.pxd, torch/csrc/utils/tensor_numpy.cpp ("Numpy is not available").
    # https://github.com/vllm-project/vllm/issues/5594, NVIDIA-Merlin/Merlin/issues/138, modelscope/facechain/issues/97
    ("NUMPY_ABI", r"compiled using NumPy 1\.x cannot be run|numpy\.\w+ size changed|"
                  r"module compiled against API version|numpy\.core\.multiarray failed to import|"
                  r"_ARRAY_API not found|Numpy is not available"),
    ("MODULE_NOT_FOUND", r"No module named '?(?P<module>[\w.]+)'?"),
]
# https://github.com/vllm-project/vllm/issues/18835
NO_KERNEL = r"no kernel image is available for execution on the device|cudaErrorNoKernelImageForDevice"
LONGEST = 300  # characters of an error text that go into a sentence


def explain_import(module: str, error: str, glibc: str | None, severity: str = "error",
                   cuda: str | None = None) -> Finding:
    """The finding for a module that did not load.

    `error`: "Type: text" or forked.py's "Killed: ..." / "Timeout: ...". `glibc`: the machine's, e.g. "2.31".
    `cuda`: what torch was built for.
    """
    for code, pattern in IMPORT_RULES:
        match = re.search(pattern, error)
        if match is None:
            continue
        groups = match.groupdict()
        params = {"module": module, **{name: text for name, text in groups.items() if text is not None}}
        if code == "GLIBC_TOO_OLD":
            params["has"] = glibc or "?"
        elif code == "MODULE_NOT_FOUND":
            params["by"] = module
        elif code == "CUDA_DRIVER_TOO_OLD":
            return driver_too_old(groups.get("found"), cuda, severity)
        return found(code, severity, params)
    return found("IMPORT_FAILED", severity, {"module": module, "error": shorten(error)})


def explain_cuda(error: str, cuda: str | None) -> Finding:
    """The finding for a card that is there while torch cannot start CUDA (`cuda`: what torch was built for)."""
    for code, pattern in IMPORT_RULES:
        match = re.search(pattern, error)
        if match is not None and code == "CUDA_DRIVER_TOO_OLD":
            return driver_too_old(match.groupdict().get("found"), cuda, "error")
    return found("CUDA_UNUSABLE", "error", {"error": shorten(error)})


def explain_product(gpu: dict[str, Any], kind: str, error: str, torch: dict[str, Any]) -> Finding:
    """The finding for a matrix product that failed: `gpu` and `torch` as in the report."""
    if re.search(NO_KERNEL, error):
        return no_kernel(gpu, torch)
    # A card full of someone else's work says nothing about the environment.
    severity = "warning" if "out of memory" in error else "error"
    return found("PRODUCT_FAILED", severity, {"gpu": label(gpu), "type": kind, "error": shorten(error)})


def no_kernel(gpu: dict[str, Any], torch: dict[str, Any]) -> Finding:
    return found("NO_KERNEL_FOR_CARD", "error", {
        "gpu": label(gpu), "capability": gpu["computeCapability"], "archList": " ".join(torch["archList"]) or "-"})


def driver_too_old(number: str | None, cuda: str | None, severity: str) -> Finding:
    """`number`: the newest CUDA the driver can do, as it says it: 11040 is 11.4."""
    has = f"{int(number) // 1000}.{int(number) % 1000 // 10}" if number else "?"
    return found("CUDA_DRIVER_TOO_OLD", severity, {"has": has, "needs": cuda or "?"})


def found(code: str, severity: str, params: dict[str, Any]) -> Finding:
    return {"code": code, "severity": severity, "params": params}


def label(gpu: dict[str, Any]) -> str:
    return f"{gpu['index']}: {gpu['name']}"


def shorten(error: str) -> str:
    return error if len(error) <= LONGEST else error[:LONGEST] + "..."
