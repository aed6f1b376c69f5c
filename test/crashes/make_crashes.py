"""Makes crashes for real and keeps their logs, to see whether the diagnosis finds what was done.

    python3 make_crashes.py --verl 0.5.0=PYTHON --verl 0.6.1=PYTHON --verl 0.9.1=PYTHON --home FOLDER [--out FOLDER] [NAME...]

Each is started by the app itself (`launchpad train -- ...`), so that its exit and what the app knows of it are real
as well. Linux; a few need root, for a file system or a control group of their own. Writes NAME.log and crashes.json;
places of this machine are renamed in them. Prints a table of what was done and what was found.
"""
from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from cases import CRASHES, RAY, TRAINING, Crash

HERE = Path(__file__).resolve().parent
APP = HERE.parents[1] / "dist" / "node" / "launchpad.mjs"
COMMON = {"HYDRA_FULL_ERROR": "1", "RAY_COLOR_PREFIX": "0", "RAY_DEDUP_LOGS": "0", "HF_HUB_OFFLINE": "1"}
#: Above what is used now, in shares of the memory, where Ray is to begin killing.
MEMORY_MARGIN = 0.08


def memory_threshold() -> str:
    sizes = {name: int(value) for name, value in re.findall(r"(\w+): +(\d+) kB", Path("/proc/meminfo").read_text())}
    return f"{1 - sizes['MemAvailable'] / sizes['MemTotal'] + MEMORY_MARGIN:.3f}"


def words(crash: Crash, python: str, home: Path) -> list[str]:
    places = {"home": str(home), "python": python, "here": str(HERE), "memory": memory_threshold()}
    options = {RAY[crash.verl].get(key, key): value for key, value in {**TRAINING, **crash.options}.items()}
    program = (
        [python, str(HERE / "die.py"), crash.way, str(home)]
        if crash.way
        else [python, "-m", "verl.trainer.main_ppo", *(f"{key}={value}" for key, value in options.items())]
    )
    variables = [f"{name}={value}" for name, value in {**COMMON, **crash.variables}.items()]
    return [word.format(**places) for word in ["env", *variables, *crash.under, *program]]


def ask(*asked: str) -> Any:
    done = subprocess.run(["node", str(APP), *asked], check=False, capture_output=True, text=True)
    lines = done.stdout.strip().splitlines()
    if not lines:
        raise SystemExit(f"{asked} said nothing:\n{done.stderr[-2000:]}")
    return json.loads(lines[-1])


def kill_when(crash: Crash, log: Path) -> None:
    """Kills the named process a moment after the log says that it is at work."""
    while not (log.exists() and crash.after in log.read_text(errors="replace")):
        time.sleep(0.1)
    time.sleep(1)
    subprocess.run(["pkill", "-9", "-f", f"^{crash.kill}"], check=False)


def run(crash: Crash, python: str, home: Path, root: Path, environment: str) -> dict[str, Any]:
    known = ("--root", str(root), "--json")
    start = ("--detach", "--name", crash.name, "--environment", environment, "--", *words(crash, python, home))
    ran = ask("train", *known, *start)
    folder = root / "runs" / ran["id"]
    if crash.kill:
        threading.Thread(target=kill_when, args=(crash, folder / "raw.log"), daemon=True).start()
    deadline = time.monotonic() + 240
    while not (folder / "exit.json").exists() and time.monotonic() < deadline:
        time.sleep(0.5)
    if not (folder / "exit.json").exists():
        ask("runs", "stop", ran["id"], *known)
    exit_facts = json.loads((folder / "exit.json").read_text())
    found = ask("diagnose", ran["id"], *known)
    return {"log": (folder / "raw.log").read_text(errors="replace"), "exit": exit_facts, "found": found}


def renamed(text: str, places: dict[str, str]) -> str:
    for place, name in sorted(places.items(), key=lambda pair: -len(pair[0])):
        text = text.replace(place, name)
    return text


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--verl", action="append", required=True)
    options.add_argument("--home", type=Path, required=True, help="for model and data; made if it is not there")
    options.add_argument("--root", type=Path, default=Path("/tmp/launchpad-crashes"))
    options.add_argument("--out", type=Path, default=HERE.parent / "fixtures" / "real-crashes")
    options.add_argument("names", nargs="*")
    given = options.parse_args()
    pythons = dict(each.split("=", 1) for each in given.verl)
    prefixes = {verl: str(Path(python).parents[1]) for verl, python in pythons.items()}
    if not given.home.exists():
        # What the oldest transformers writes, all of them read.
        for verl, more in (("0.5.0", []), ("0.9.1", ["model-newer"])):
            subprocess.run([pythons[verl], str(HERE / "prepare.py"), str(given.home), *more], check=True)
    places = {prefix: f"/home/ann/envs/verl-{verl}" for verl, prefix in prefixes.items()}
    places |= {str(given.home): "/home/ann/work", str(HERE): "/home/ann/crashes", str(Path.home()): "/home/ann"}
    places |= {str(HERE.parents[1]): "/home/ann/app", os.uname().nodename: "ann-pc"}
    given.out.mkdir(parents=True, exist_ok=True)
    index = given.out / "crashes.json"
    book = {one["name"]: one for one in json.loads(index.read_text())} if index.exists() else {}
    environments = {
        verl: ask("env", "adopt", prefix, "--root", str(given.root), "--json")["id"] for verl, prefix in prefixes.items()
    }
    for crash in CRASHES:
        if given.names and crash.name not in given.names:
            continue
        made = run(crash, pythons[crash.verl], given.home, given.root, environments[crash.verl])
        (given.out / f"{crash.name}.log").write_text(renamed(made["log"], places))
        leaving, root = made["exit"], made["found"]["root"] or {}
        kills = (leaving.get("oom") or {}).get("after") or 0
        kills -= (leaving.get("oom") or {}).get("before") or 0
        facts = {"code": leaving["code"], "signal": leaving["signal"], "oomKills": kills}
        kernel = [one["text"] for one in root.get("evidence", []) if one["text"].startswith("kernel:")]
        book[crash.name] = {"name": crash.name, "expected": crash.expected, "exit": facts, "kernel": kernel}
        said = root.get("signature") or (root.get("error") or {}).get("type")
        print(f"{crash.name:32}{crash.expected or '-':32}{said!s:40}{root.get('confidence')!s:8}{facts}", flush=True)
        order = [one.name for one in CRASHES]
        index.write_text(json.dumps(sorted(book.values(), key=lambda one: order.index(one["name"])), indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main())
