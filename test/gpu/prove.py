"""Uses the app as a person would, on a machine with a GPU: one training of real verl from the first plan to the model.

    python3 prove.py begin|end --app FOLDER --node NODE --root ROOT --env ENV --data FOLDER --hardware XML --out FOLDER

`begin`: measures, adopts the environment, plans for the card of XML, starts, is killed with SIGKILL in the middle,
attaches again, stops after the next checkpoint. `end`: resumes, waits for the last step, makes a model of the best
checkpoint, asks it beside the one before, and gathers logs and metrics. Everything goes through `launchpad`.
"""
from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable

BEGUN = time.monotonic()
NOTES: list[dict[str, Any]] = []


def note(what: str, **facts: Any) -> None:
    NOTES.append({"at": round(time.monotonic() - BEGUN, 2), "what": what, **facts})
    print(json.dumps(NOTES[-1]), flush=True)


class App:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.argv = [options.node, str(options.app / "dist" / "node" / "launchpad.mjs")]

    def words(self, *words: str, json_too: bool = True) -> list[str]:
        return [*self.argv, *words, "--root", str(self.options.root), *(["--json"] if json_too else [])]

    def ask(self, *words: str, must: bool = True) -> Any:
        """Runs a command and gives its machine-readable answer, the last line of its output."""
        start = time.monotonic()
        done = subprocess.run(self.words(*words), check=False, capture_output=True, text=True)
        seconds = round(time.monotonic() - start, 2)
        lines = done.stdout.strip().splitlines()
        if done.returncode and must:
            raise SystemExit(f"{words} ended with {done.returncode}:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
        note("launchpad " + " ".join(words)[:160], seconds=seconds, code=done.returncode)
        return json.loads(lines[-1]) if lines else None

    def run(self, run: str) -> dict[str, Any]:
        for _ in range(5):
            done = subprocess.run(self.words("runs", "show", run), check=False, capture_output=True, text=True)
            answer = json.loads((done.stdout.strip().splitlines() or ["{}"])[-1])
            if "run" in answer:
                return answer["run"]
            note("no answer", code=done.returncode, output=done.stdout[-500:], errors=done.stderr[-1500:])
            time.sleep(1)
        raise SystemExit("the app does not answer")

    def wait(self, run: str, holds: Callable[[dict[str, Any]], bool], seconds: float) -> dict[str, Any]:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            view = self.run(run)
            if holds(view) or view["endedAt"] is not None:
                return view
            time.sleep(2)
        raise SystemExit(f"waited {seconds} s in vain: {json.dumps(view)[:3000]}")


def begin(app: App) -> None:
    options = app.options
    report = app.ask("doctor")
    (options.out / "doctor.json").write_text(json.dumps(report))
    environment = app.ask("env", "adopt", str(options.env))
    name = environment["id"] if "id" in environment else next(iter(environment))["id"]
    exported = subprocess.run(
        app.words("plan", "--model", str(options.model), "--data", str(options.data), "--hardware", str(options.hardware),
                  "--ram", "64", "--disk", "200", "--cpus", "16", *sets(), "--export", "json", json_too=False),
        check=True, capture_output=True, text=True).stdout
    plan = options.out / "plan.json"
    plan.write_text(exported)
    note("plan", recipe=json.loads(exported)["plan"]["recipe"], command=json.loads(exported)["plan"]["command"])
    start = time.monotonic()
    follower = subprocess.Popen(
        app.words("train", "--import", str(plan), "--environment", name, "--steps", os.environ.get("PROVE_STEPS") or "40", "--name", "gsm8k on a P40's plan",
                  "--restarts", "1"), stdout=open(options.out / "follow.log", "w"), stderr=subprocess.STDOUT)
    folder = options.root / "runs"
    while not (found := [path for path in folder.glob("2*") if (path / "state.json").exists()]):
        if follower.poll() is not None:
            raise SystemExit((options.out / "follow.log").read_text())
        time.sleep(0.05)
    run = found[0].name
    note("started", run=run, seconds=round(time.monotonic() - start, 2))
    # The terminal that follows the run owns the data root: it is the app.
    view = wait_steps(found[0], 6, 400)
    os.kill(follower.pid, signal.SIGKILL)
    follower.wait()
    note("the app was killed (SIGKILL)", metrics=view)
    time.sleep(3)
    start = time.monotonic()
    attached = app.run(run)
    note("attached", seconds=round(time.monotonic() - start, 2), status=attached["status"], step=attached["lastStep"],
         phase=attached["phase"])
    app.ask("runs", "stop", run, "--after-checkpoint")
    stopped = app.wait(run, lambda one: one["endedAt"] is not None, 240)
    note("stopped", status=stopped["status"], step=stopped["lastStep"], checkpoint=stopped["checkpoint"])
    (options.out / "begun.json").write_text(json.dumps({"run": run, "environment": name, "notes": NOTES}))
    shutil.copy(options.out / "begun.json", options.root / "begun.json")


def wait_steps(folder: Path, steps: int, seconds: float) -> int:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        metrics = folder / "metrics.jsonl"
        count = len(metrics.read_text().splitlines()) if metrics.exists() else 0
        if count >= steps:
            return count
        if (folder / "exit.json").exists():
            raise SystemExit("ended early:\n" + (folder / "raw.log").read_text(errors="replace")[-6000:])
        time.sleep(1)
    raise SystemExit("no steps:\n" + (folder / "raw.log").read_text(errors="replace")[-6000:])


def sets() -> list[str]:
    """What a person would set by hand: a small batch, so that forty steps take minutes."""
    values = {"data.train_batch_size": 32, "actor_rollout_ref.rollout.n": 8, "data.max_response_length": 256,
              "trainer.save_freq": 5, "trainer.test_freq": 10, "actor_rollout_ref.actor.optim.lr": "1e-4"}
    values |= json.loads(os.environ.get("PROVE_SETS") or "{}")  # a rehearsal on a CPU takes smaller ones
    return [word for key, value in values.items() for word in ("--set", f"{key}={value}")]


def finish(app: App) -> None:
    options = app.options
    begun = json.loads((options.root / "begun.json").read_text())
    run = begun["run"]
    app.ask("runs", "resume", run)
    # Whoever resumes starts the queue; the run itself needs nobody.
    view = app.wait(run, lambda one: one["endedAt"] is not None, 900)
    note("ended", status=view["status"], step=view["lastStep"], best=view["best"], attempts=len(view["attempts"]),
         findings=[finding["code"] for finding in view["findings"]], secondsPerStep=view["secondsPerStep"])
    checkpoints = app.ask("runs", "checkpoints", run)
    (options.out / "checkpoints.json").write_text(json.dumps(checkpoints))
    best = next((one["step"] for one in checkpoints if one["best"]), checkpoints[-1]["step"])
    (options.out / "merged.json").write_text(json.dumps(app.ask("models", "merge", run, "--step", str(best), must=False)))
    rows = [word for row in (0, 1, 2, 3, 4, 5, 6, 7) for word in ("--row", str(row))]
    asked = app.ask("models", "ask", run, "--step", str(best), *rows, "--question", "What is 12 + 30?", must=False)
    (options.out / "asked.json").write_text(json.dumps(asked, ensure_ascii=False))
    (options.out / "samples.json").write_text(json.dumps(app.ask("runs", "samples", run, must=False), ensure_ascii=False))
    gather(options, run)


def gather(options: argparse.Namespace, run: str) -> None:
    folder = options.root / "runs" / run
    for name in ("raw.log", "spec.json", "state.json", "exit.json", "attempts.jsonl", "watch.json"):
        shutil.copy(folder / name, options.out / name)
    for path in folder.glob("metrics*.jsonl"):
        shutil.copy(path, options.out / path.name)
    note("gathered", models=[path.name for path in (folder / "models").glob("*")],
         bytes=sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()))
    begun = json.loads((options.root / "begun.json").read_text())
    (options.out / "notes.json").write_text(json.dumps({"begin": begun["notes"], "end": NOTES}, indent=1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=["begin", "end"])
    for name in ("app", "root", "env", "data", "hardware", "out", "model"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--node", required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    options.root.mkdir(parents=True, exist_ok=True)
    app = App(options)
    begin(app) if options.part == "begin" else finish(app)


if __name__ == "__main__":
    sys.exit(main())
