"""The smoke test of an environment: what it says of broken modules, of cards and of verl's needs."""
from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "resources" / "python"
FAKE_TORCH = ROOT / "test" / "fixtures" / "fake-torch"
sys.path.insert(0, str(SCRIPTS))

from import_errors import explain_cuda, explain_import, explain_product  # noqa: E402
from probe_cards import has_code  # noqa: E402
from verl_imports import DOORS, VLLM_DOORS, needed  # noqa: E402

PASCAL = {"index": 0, "name": "Tesla P40", "computeCapability": "6.1"}
TORCH = {"cuda": "12.8", "archList": ["sm_70", "sm_90"]}


def probe(modules: str, files: dict[str, str] | None = None, torch: dict[str, Any] | None = None,
          timeout: float = 20, programs: list[str] | None = None) -> dict[str, Any]:
    """The result of probe_env.py with `files` (path: text) importable; `torch`: the fake one's description."""
    with tempfile.TemporaryDirectory(prefix="données 训练 ") as folder:
        for path, text in (files or {}).items():
            file = Path(folder) / "modules" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        tools = Path(folder) / "bin"
        tools.mkdir()
        for name in programs or []:
            (tools / name).write_text("#!/bin/sh\n")
            (tools / name).chmod(0o755)
        paths = [str(Path(folder) / "modules")] + ([str(FAKE_TORCH)] if torch is not None else [])
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PATH": str(tools), "LAUNCHPAD_EVENTS": "",
               "PYTHONDONTWRITEBYTECODE": "1", "FAKE_TORCH": json.dumps(torch or {})}
        done = subprocess.run(
            [sys.executable, str(SCRIPTS / "probe_env.py"), "--modules", modules, "--timeout", str(timeout)],
            capture_output=True, text=True, timeout=120, env=env)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])["value"]


def codes(report: dict[str, Any]) -> list[str]:
    return [one["code"] for one in report["findings"]]


class Modules(unittest.TestCase):
    def test_ways_to_fail_have_names(self) -> None:
        report = probe("fine,illegal,stuck,lonely,odd", {
            "fine.py": "", "odd.py": "raise OSError('what')", "lonely.py": "import not_there_at_all",
            "illegal.py": "import os, signal; os.kill(os.getpid(), signal.SIGILL)",
            "stuck.py": "import time; time.sleep(600)"}, timeout=3)
        self.assertEqual([one["code"] + " " + one["params"]["module"] for one in report["findings"]], [
            "CPU_INSTRUCTION illegal", "IMPORT_FAILED stuck", "MODULE_NOT_FOUND not_there_at_all",
            "IMPORT_FAILED odd"])
        self.assertEqual([one["error"] is None for one in report["modules"]], [True, False, False, False, False])
        self.assertEqual((report["torch"], report["gpus"], report["attention"], report["nccl"]), (None, [], [], None))

    def test_what_an_import_leaves_running_does_not_hold_it_up(self) -> None:
        """A forked helper keeps the pipe and stdout open; the one who reads them would wait for ever."""
        report = probe("forks", {"forks.py": "import os, time\nif os.fork() == 0:\n    time.sleep(600)"})
        self.assertIsNone(report["modules"][0]["error"])

    def test_asked_to_end_it_takes_its_children_along(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            note = Path(folder) / "pid"
            (Path(folder) / "stuck.py").write_text(
                f"import os, time\nopen({str(note)!r} + '.new', 'w').write(str(os.getpid()))\n"
                f"os.rename({str(note)!r} + '.new', {str(note)!r})\ntime.sleep(600)")
            child = subprocess.Popen([sys.executable, str(SCRIPTS / "probe_env.py"), "--modules", "stuck"],
                                     env={**os.environ, "PYTHONPATH": folder, "LAUNCHPAD_EVENTS": ""})
            while not note.exists():
                time.sleep(0.05)
            child.send_signal(signal.SIGTERM)
            child.wait(30)
            for _ in range(200):
                if not alive(int(note.read_text())):
                    return
                time.sleep(0.05)
        self.fail("the importing child outlived the probe")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Cards(unittest.TestCase):
    def test_card_without_code(self) -> None:
        error = "CUDA error: no kernel image is available for execution on the device"
        report = probe("torch", torch={"cards": [[6, 1]], "archList": ["sm_70", "sm_90"],
                                       "products": dict.fromkeys(["float32", "float16", "bfloat16"], error)})
        [gpu] = report["gpus"]
        self.assertEqual((gpu["name"], gpu["computeCapability"], gpu["supported"]), ("Fake P0", "6.1", False))
        self.assertEqual([one["error"] for one in gpu["products"]], [f"RuntimeError: {error}"] * 3)
        self.assertEqual(report["findings"], [{"code": "NO_KERNEL_FOR_CARD", "severity": "error", "params": {
            "gpu": "0: Fake P0", "capability": "6.1", "archList": "sm_70 sm_90"}}])

    def test_two_cards_that_work(self) -> None:
        report = probe("torch", torch={"cards": [[9, 0], [8, 0]], "archList": ["sm_80", "sm_90"]})
        self.assertEqual([one["supported"] for one in report["gpus"]], [True, True])
        for gpu in report["gpus"]:
            self.assertEqual([one["type"] for one in gpu["products"]], ["float32", "float16", "bfloat16"])
            self.assertTrue(all(one["error"] is None and one["teraflops"] > 0 for one in gpu["products"]))
        self.assertEqual(report["nccl"], {"version": "2.27.3", "error": None})
        self.assertEqual([one["name"] for one in report["attention"]], ["eager", "sdpa"])
        self.assertEqual(report["findings"], [])

    def test_one_type_that_dies_leaves_the_others(self) -> None:
        report = probe("torch", torch={"cards": [[6, 1]], "archList": ["sm_60"], "products": {"float16": "die"}})
        [gpu] = report["gpus"]
        self.assertEqual([one["error"] for one in gpu["products"]], [None, "Killed: ended with SIGSEGV", None])
        self.assertEqual(codes(report), ["PRODUCT_FAILED", "BFLOAT16_EMULATED"])

    def test_card_that_hangs_is_left_alone(self) -> None:
        report = probe("torch", timeout=3, torch={
            "cards": [[9, 0]], "archList": ["sm_90"], "products": {"float32": "hang"}})
        self.assertEqual([one["error"] for one in report["gpus"][0]["products"]], ["Timeout: no answer within 3 s"] * 3)

    def test_cards_that_cannot_talk(self) -> None:
        # The other rank waits for this one, and is ended.
        for problem in ("NCCL error: unhandled system error", "die"):
            report = probe("torch", timeout=4, torch={
                "cards": [[9, 0], [9, 0]], "archList": ["sm_90"], "nccl": problem})
            self.assertIsNotNone(report["nccl"]["error"])
            self.assertEqual(codes(report), ["NCCL_FAILED"])

    def test_driver_too_old(self) -> None:
        text = ("The NVIDIA driver on your system is too old (found version 11040). Please update your GPU driver by "
                "downloading and installing a new version")
        report = probe("torch", torch={"archList": ["sm_90"], "initError": text}, programs=["nvidia-smi"])
        self.assertEqual(report["torch"]["archList"], ["sm_90"])
        self.assertEqual(report["findings"], [
            {"code": "CUDA_DRIVER_TOO_OLD", "severity": "error", "params": {"has": "11.4", "needs": "12.8"}}])

    def test_processor_build_beside_a_card(self) -> None:
        report = probe("torch", torch={"cuda": None}, programs=["nvidia-smi"])
        self.assertEqual(report["findings"], [
            {"code": "CUDA_BUILD_MISSING", "severity": "warning", "params": {"version": "2.8.0+fake"}}])

    def test_attention_that_is_installed(self) -> None:
        files = {"flash_attn/__init__.py": "__version__ = '2.8.3'", "xformers.py": "import not_there_at_all"}
        report = probe("torch", files, {"cards": [[7, 5]], "archList": ["sm_75"]})
        self.assertEqual([(one["name"], one["version"]) for one in report["attention"][2:]],
                         [("flash_attention_2", "2.8.3"), ("xformers", None)])
        self.assertIn("Ampere", report["attention"][2]["error"])
        self.assertEqual([(one["code"], one["severity"]) for one in report["findings"]], [
            ("MODULE_NOT_FOUND", "warning"), ("BFLOAT16_EMULATED", "info"), ("FLASH_ATTENTION_CARD", "warning")])

    def test_numpy_that_torch_was_not_built_for(self) -> None:
        report = probe("torch", {"numpy.py": ""}, {"cuda": "12.8", "numpyError": "Numpy is not available"})
        self.assertIn("NUMPY_ABI", codes(report))

    def test_which_code_runs_on_which_card(self) -> None:
        for arch_list, capability, expected in [
            (["sm_60"], (6, 1), True), (["sm_61"], (6, 0), False), (["sm_86"], (8, 9), True),
            (["sm_80"], (9, 0), False), (["compute_80"], (9, 0), True), (["compute_90"], (8, 0), False),
            (["sm_90a"], (9, 0), True), (["sm_100a"], (10, 3), False), (["sm_100f"], (10, 3), True),
            (["compute_90a"], (10, 0), False), (["sm_120"], (12, 0), True), (["gfx90a"], (9, 0), True),
            (["sm_50", "sm_60", "sm_70", "sm_75", "sm_80", "sm_86", "sm_90"], (6, 1), True),
            (["sm_70", "sm_75", "sm_80", "sm_86", "sm_90", "sm_100", "sm_120"], (6, 1), False),
        ]:
            self.assertEqual(has_code(arch_list, capability), expected, (arch_list, capability))


class Verl(unittest.TestCase):
    FILES = {
        "verl/__init__.py": "from .protocol import DataProto\nimport json",
        "verl/protocol.py": "import absent_a\nclass DataProto: pass",
        "verl/trainer/__init__.py": "", "verl/trainer/main_ppo.py": (
            "from typing import TYPE_CHECKING\nfrom verl.utils import helper\n"
            "if TYPE_CHECKING:\n    import absent_typing\n"
            "def main():\n    import absent_late\n    from verl.workers import megatron_workers"),
        "verl/utils/__init__.py": "", "verl/utils/helper.py": (
            "try:\n    import absent_optional\nexcept ImportError:\n    pass\n"
            "try:\n    import absent_b.part\nexcept ValueError:\n    pass"),
        "verl/utils/tracking.py": "import absent_c",
        "verl/workers/__init__.py": "", "verl/workers/megatron_workers.py": "import absent_megatron",
        "verl/utils/dataset/__init__.py": "from .broken import x", "verl/utils/dataset/broken.py": "def (",
        "verl/workers/rollout/vllm_rollout/__init__.py": "import absent_engine",
    }

    def test_only_what_a_run_is_sure_to_load(self) -> None:
        report = probe("", self.FILES)
        self.assertEqual(report["undeclared"], ["absent_a", "absent_b", "absent_c"])
        self.assertEqual(set(codes(report)), {"UNDECLARED_MODULE"})

    def test_vllms_needs_only_beside_vllm(self) -> None:
        files = {**self.FILES, "vllm.py": "", "absent_a.py": "", "absent_b.py": "", "absent_c.py": ""}
        self.assertEqual(probe("", files)["undeclared"], ["absent_engine"])

    def test_doors_are_what_they_are_called(self) -> None:
        self.assertEqual(needed(str(ROOT / "nowhere"), DOORS + VLLM_DOORS), set())


# The texts people met; where: crashes.md's sources and the issues named.
TEXTS = [
    ("flash_attn", "ImportError: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.32' not found (required by "
     "/opt/lib/python3.13/site-packages/flash_attn_2_cuda.cpython-313-x86_64-linux-gnu.so)",
     "GLIBC_TOO_OLD", {"module": "flash_attn", "needs": "GLIBC_2.32", "has": "2.31"}),
    # Seen from a model's class, transformers wraps it.
    ("transformers", "RuntimeError: Failed to import transformers.models.qwen2.modeling_qwen2 because of the following "
     "error (look up to see its traceback):\n/lib64/libc.so.6: version `GLIBC_2.32' not found (required by x.so)",
     "GLIBC_TOO_OLD", {"module": "transformers", "needs": "GLIBC_2.32", "has": "2.31"}),
    # https://github.com/NVlabs/BundleSDF/issues/185
    ("scipy", "ImportError: /usr/lib/x86_64-linux-gnu/libstdc++.so.6: version `GLIBCXX_3.4.29' not found (required by "
     "/opt/conda/envs/py38/lib/python3.8/site-packages/scipy/spatial/_ckdtree.cpython-38-x86_64-linux-gnu.so)",
     "LIBSTDCXX_OLD", {"module": "scipy", "needs": "GLIBCXX_3.4.29"}),
    # https://github.com/Dao-AILab/flash-attention/issues/631
    ("flash_attn", "ImportError: libcudart.so.12: cannot open shared object file: No such file or directory",
     "SHARED_LIBRARY_MISSING", {"module": "flash_attn", "library": "libcudart.so.12"}),
    # https://github.com/pytorch/pytorch/issues/2985
    ("torch", "ImportError: libcuda.so.1: cannot open shared object file: No such file or directory",
     "CUDA_DRIVER_MISSING", {"module": "torch", "library": "libcuda.so.1"}),
    # https://github.com/Dao-AILab/flash-attention/issues/1832
    ("flash_attn", "ImportError: /opt/flash_attn_2_cuda.cpython-310-x86_64-linux-gnu.so: undefined symbol: "
     "_ZN3c105ErrorC2ENS_14SourceLocationE", "UNDEFINED_SYMBOL",
     {"module": "flash_attn", "symbol": "_ZN3c105ErrorC2ENS_14SourceLocationE"}),
    # https://github.com/vllm-project/vllm/issues/10300
    ("vllm", "ImportError: libcusparse.so.12: undefined symbol: __nvJitLinkComplete_12_4, version libnvJitLink.so.12",
     "UNDEFINED_SYMBOL", {"module": "vllm", "symbol": "__nvJitLinkComplete_12_4"}),
    # https://github.com/MathOnco/valis/issues/165
    ("pandas", "ValueError: numpy.dtype size changed, may indicate binary incompatibility. Expected 96 from C header, "
     "got 88 from PyObject", "NUMPY_ABI", {"module": "pandas"}),
    # https://github.com/vllm-project/vllm/issues/5594
    ("vllm", "ImportError: \nA module that was compiled using NumPy 1.x cannot be run in\nNumPy 2.0.0 as it may crash.",
     "NUMPY_ABI", {"module": "vllm"}),
    ("vllm", "ModuleNotFoundError: No module named 'vllm._C'", "MODULE_NOT_FOUND", {"module": "vllm._C", "by": "vllm"}),
    ("verl", "Killed: ended with SIGILL", "CPU_INSTRUCTION", {"module": "verl"}),
    # https://github.com/lllyasviel/Fooocus/issues/1313
    ("vllm", "RuntimeError: The NVIDIA driver on your system is too old (found version 11040). Please update your GPU "
     "driver", "CUDA_DRIVER_TOO_OLD", {"has": "11.4", "needs": "12.8"}),
    ("vllm", "RuntimeError: CUDA driver version is insufficient for CUDA runtime version", "CUDA_DRIVER_TOO_OLD",
     {"has": "?", "needs": "12.8"}),
    ("trl", "SystemExit: 3", "IMPORT_FAILED", {"module": "trl", "error": "SystemExit: 3"}),
]


class Texts(unittest.TestCase):
    def test_real_texts(self) -> None:
        for module, error, code, params in TEXTS:
            finding = explain_import(module, error, "2.31", "error", "12.8")
            self.assertEqual((finding["code"], finding["params"]), (code, params), error)

    def test_card_errors(self) -> None:
        text = "RuntimeError: CUDA error: no kernel image is available for execution on the device"
        self.assertEqual(explain_product(PASCAL, "float32", text, TORCH)["params"],
                         {"gpu": "0: Tesla P40", "capability": "6.1", "archList": "sm_70 sm_90"})
        full = explain_product(PASCAL, "float32", "OutOfMemoryError: CUDA out of memory. Tried to allocate", TORCH)
        self.assertEqual((full["code"], full["severity"]), ("PRODUCT_FAILED", "warning"))
        unknown = explain_cuda("RuntimeError: CUDA unknown error - this may be due to an incorrectly set up", "12.8")
        self.assertEqual(unknown["code"], "CUDA_UNUSABLE")

    def test_long_texts_are_cut(self) -> None:
        self.assertLess(len(explain_import("x", "E: " + "y" * 5000, None)["params"]["error"]), 400)

    def test_every_code_has_a_sentence_in_both_languages(self) -> None:
        used: set[str] = set()
        for script in ("import_errors.py", "probe_env.py"):
            text = (SCRIPTS / script).read_text()
            used |= set(re.findall(r'(?:found\(|\(|return )"([A-Z0-9]+_[A-Z0-9_]+)"', text))
        sentences = (ROOT / "main" / "contract" / "locales" / "scripts.ts").read_text()
        self.assertGreater(len(used), 15)
        for code in used:
            self.assertEqual(len(re.findall(rf"^  {code}:", sentences, re.M)), 2, code)


if __name__ == "__main__":
    unittest.main()
