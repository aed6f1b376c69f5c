"""Measures what real verl 0.5.0 training needs of a GPU, phase by phase (needs verl and one GPU).

    python measure_memory.py --data FOLDER --work FOLDER --out FILE.json [--budget SECONDS] [--cases "a,b;c|d"] [--tiny]

Every case is one `python -m verl.trainer.main_ppo` of two steps with a random model of the real shape, in its own
process. Random weights hardly ever sample an end token, so every answer has the full length and the peak is the true
worst case. A case that fails is written with its error. Cases are in order of importance; the ones that do not fit
into --budget are left out and say so. Device time is short, so --cases can run some side by side: "|" between stages,
";" between the lanes of a stage, "," between the cases of a lane. torch's numbers are each process's own; seconds and
cardPeak are not, so every case says which others ran `alongside`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil

from cases import BASE, CASES, SHAPES, overrides

HERE = Path(__file__).resolve().parent
RESOURCES = HERE.parents[1] / "resources"

ERROR = re.compile(r"^(\w+\.)*\w*(Error|Exception|Interrupt)\b")


def make_model(name: str, folder: Path, data: Path) -> Path:
    """A random model of this shape in bf16, as the real ones are stored, with a tokenizer of its own."""
    out = folder / name
    if out.exists():
        return out
    sys.path.insert(0, str(RESOURCES / "python"))
    import torch
    from make_practice_model import load_rows, make_tokenizer
    from transformers import GenerationConfig, Qwen2Config, Qwen2ForCausalLM

    tokenizer = make_tokenizer(load_rows(str(data / "train.parquet"), 200))
    end, pad = tokenizer.eos_token_id, tokenizer.pad_token_id
    torch.manual_seed(1)
    torch.set_default_dtype(torch.bfloat16)
    with torch.device("cuda" if torch.cuda.is_available() else "cpu"):
        model = Qwen2ForCausalLM(
            Qwen2Config(
                **SHAPES[name],
                max_position_embeddings=32768,
                tie_word_embeddings=True,
                rope_theta=1e6,
                bos_token_id=pad,
                eos_token_id=end,
                pad_token_id=pad,
            )
        )
    model.generation_config = GenerationConfig(bos_token_id=pad, eos_token_id=[end, pad], pad_token_id=pad)
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)
    return out


class Sampler(threading.Thread):
    """GPU memory five times a second (the card's and our processes' own), and our processes' RAM once a second."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.card, self.own, self.ram, self.over = pid, 0, 0, 0, threading.Event()

    def run(self) -> None:
        turn, pids = 0, set[int]()
        while not self.over.wait(0.2):
            if turn % 5 == 0:
                ours = family(self.pid)
                pids, self.ram = {process.pid for process in ours}, max(self.ram, sum(map(memory, ours)))
            turn += 1
            self.card = max(self.card, sum(row[0] for row in nvidia_smi("--query-gpu=memory.used")))
            apps = nvidia_smi("--query-compute-apps=pid,used_memory")
            self.own = max(self.own, sum(row[1] for row in apps if row[0] in pids))


def nvidia_smi(query: str) -> list[list[int]]:
    """Rows of numbers, MiB as nvidia-smi counts; none where it has nothing to say."""
    try:
        done = subprocess.run(
            ["nvidia-smi", query, "--format=csv,noheader,nounits"],
            check=False,
            capture_output=True,
            text=True,
            timeout=10,
        )
        return [[int(cell) for cell in row.split(",")] for row in done.stdout.splitlines()]
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return []


def family(pid: int) -> list[psutil.Process]:
    try:
        return [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        return []


def memory(process: psutil.Process) -> int:
    try:
        info = process.memory_info()
        return (
            info.rss - info.shared
        )  # libraries and Ray's object store would count per process; leaves out pinned memory
    except psutil.Error:
        return 0


def end(processes: list[psutil.Process]) -> None:
    """End the case and what Ray left of it."""
    for process in processes:
        try:
            process.send_signal(signal.SIGKILL)
        except psutil.Error:
            pass
    psutil.wait_procs(processes, timeout=10)


def run(name: str, case: dict[str, Any], model: Path, data: Path, work: Path, timeout: float) -> dict[str, Any]:
    """Train two steps and gather what the phases wrote."""
    work = work / name
    work.mkdir(parents=True)
    lines = work / "phases.jsonl"
    lines.touch()
    env = {
        **os.environ,
        "GPU_PHASES": str(lines),
        "LAUNCHPAD_PATCHES": str(RESOURCES / "patches" / "verl-0.5.0-pascal.json"),
        "PYTHONPATH": os.pathsep.join(
            [str(RESOURCES / "patches" / "startup"), str(HERE), os.environ.get("PYTHONPATH", "")]
        ),
        "HYDRA_FULL_ERROR": "1",
        "RAY_DEDUP_LOGS": "0",
        "RAY_COLOR_PREFIX": "0",
        "PYTHONUNBUFFERED": "1",
        "HF_HUB_OFFLINE": "1",
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_OBJECT_STORE_ALLOW_SLOW_STORAGE": "1",
    }
    settings = overrides(case, model, data, work)
    start = time.monotonic()
    with open(work / "log", "w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "verl.trainer.main_ppo", *settings],
            cwd=work,
            env=env,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        sampler = Sampler(process.pid)
        sampler.start()
        ours: list[psutil.Process] = []
        code: int | None = None
        while code is None and time.monotonic() - start < timeout:
            ours = family(process.pid) or ours
            try:
                code = process.wait(timeout=1)
            except subprocess.TimeoutExpired:
                continue
        sampler.over.set()
        sampler.join()
        end(ours)
        process.wait()
    phases = [json.loads(line) for line in lines.read_text().splitlines()]
    for row in phases:  # the optimizer's step reset the peak on the way
        for part in row.get("parts", {}).values():
            for key in part:
                row[key] = max(row[key], part[key])
    text = (work / "log").read_text(errors="replace")
    found = [
        line
        for line in (re.sub(r"^\(\w+ pid=\d+\) ", "", raw).strip() for raw in text.splitlines())
        if ERROR.match(line)
    ]
    error = None
    if code is None:
        error = f"timeout after {timeout:.0f} s"
    elif code != 0:
        error = found[-1][:400] if found else f"exit status {code}"
    rollouts = [row for row in phases if row["phase"] == "rollout"]
    return {
        "name": name,
        "settings": {"shape": SHAPES[case["model"]], **case},
        "error": error,
        "seconds": round(time.monotonic() - start, 1),
        "cardPeak": sampler.card * 2**20,
        "processPeak": sampler.own * 2**20,
        "ramPeak": sampler.ram,
        "phases": phases,
        "rolloutTokensPerSecond": [round(row["rows"] * case["responseLength"] / row["seconds"], 1) for row in rollouts],
        "overrides": [
            line.replace(str(work), "WORK").replace(str(data), "DATA").replace(str(model), f"MODELS/{case['model']}")
            for line in settings
        ],
    }


def machine() -> dict[str, Any]:
    import torch

    packages = {}
    for name in (
        "verl",
        "torch",
        "transformers",
        "tokenizers",
        "ray",
        "tensordict",
        "numpy",
        "peft",
        "accelerate",
        "datasets",
        "pyarrow",
        "pandas",
        "hydra-core",
        "huggingface_hub",
        "torchdata",
    ):
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            packages[name] = "none"
    cuda = torch.cuda.is_available()
    packages["torch"] = torch.__version__
    return {
        "gpu": torch.cuda.get_device_name() if cuda else "none",
        "gpuBytes": torch.cuda.get_device_properties(0).total_memory if cuda else 0,
        "python": sys.version.split()[0],
        "packages": packages,
    }


def begin_model(name: str, folder: Path, data: Path) -> Path:
    """make_model in a process of its own, because a CUDA context here would count into the card's memory."""
    subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from pathlib import Path; import measure_memory as m;"
            "m.make_model(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))",
            name,
            str(folder),
            str(data),
        ],
        check=True,
        cwd=HERE,
    )
    return folder / name


def line(result: dict[str, Any]) -> str:
    """One line for people, GiB."""
    peaks: dict[str, float] = {}
    for row in result["phases"]:
        peaks[row["phase"]] = max(peaks.get(row["phase"], 0), row["peakAllocated"] / 2**30)
    return (
        f"{result['name']}: {result['seconds']} s, card {result['cardPeak'] / 2**30:.2f}, "
        f"process {result['processPeak'] / 2**30:.2f}, "
        + ", ".join(f"{key} {value:.2f}" for key, value in peaks.items())
        + f", {result['rolloutTokensPerSecond']} tok/s"
        + (f", ERROR {result['error']}" if result["error"] else "")
    )


class Campaign:
    """Runs stages of lanes of cases and keeps the file up to date."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options, self.start, self.lock = options, time.monotonic(), threading.Lock()
        self.report: dict[str, Any] = {"format": 1, "machine": machine(), "cases": []}
        self.running: dict[str, set[str]] = {}  # case: the others it met
        self.models: dict[str, Future[Path]] = {}

    def case(self, name: str) -> dict[str, Any]:
        case = {**BASE, **CASES[name]}
        return {**case, "model": "tiny", "responseLength": 8} if self.options.tiny else case

    def left(self) -> float:
        return self.options.budget - (time.monotonic() - self.start)

    def one(self, name: str) -> None:
        options, case = self.options, self.case(name)
        if self.left() < 45:
            result = {"name": name, "settings": case, "error": "not begun: no time left"}
        else:
            model = self.models[case["model"]].result()
            with self.lock:
                self.running[name] = set(self.running)
                for met in self.running.values():
                    met.add(name)
            result = run(
                name, case, model, options.data.resolve(), options.work.resolve(), min(options.timeout, self.left())
            )
            with self.lock:
                result["alongside"] = sorted(self.running.pop(name) - {name})
            print(line(result), flush=True)
        with self.lock:
            self.report["cases"].append(result)
            options.out.write_text(json.dumps(self.report) + "\n")

    def all(self, stages: list[list[list[str]]]) -> None:
        names = [name for stage in stages for lane in stage for name in lane]
        with ThreadPoolExecutor(1) as maker:
            for model in dict.fromkeys(self.case(name)["model"] for name in names):
                self.models[model] = maker.submit(
                    begin_model, model, self.options.work.resolve() / "models", self.options.data.resolve()
                )
            for stage in stages:
                lanes = [threading.Thread(target=lambda lane=lane: [self.one(name) for name in lane]) for lane in stage]
                for lane in lanes:
                    lane.start()
                for lane in lanes:
                    lane.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of train.parquet and test.parquet")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--budget", type=float, default=1e9, help="seconds; no case is begun that may not end in time")
    parser.add_argument("--timeout", type=float, default=150, help="seconds for one case")
    parser.add_argument("--cases", default=",".join(CASES))
    parser.add_argument(
        "--tiny", action="store_true", help="rehearsal: the smallest model and short answers in every case"
    )
    options = parser.parse_args()
    Campaign(options).all([[lane.split(",") for lane in stage.split(";")] for stage in options.cases.split("|")])


if __name__ == "__main__":
    main()
