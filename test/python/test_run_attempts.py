"""Attempts of a run, its checkpoints, and metrics from its output: with small trainers that behave like verl."""
from __future__ import annotations

import json
import os
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "resources" / "python"))
sys.path.insert(0, str(Path(__file__).resolve().parent))
import run_checkpoints
from console_metrics import ConsoleMetrics, parse_line
from test_run_supervisor import Run, wait_for

# Saves as verl does: the folder first, the tracker when it is whole; reads where to begin from its arguments.
TRAINER = """
import json, os, sys, time
run, steps, crash = os.environ["LAUNCHPAD_RUN_DIR"], int(sys.argv[1]), int(sys.argv[2])
folder = os.path.join(run, "checkpoints")
tracker = os.path.join(folder, "latest_checkpointed_iteration.txt")
begin = int(open(tracker).read()) if "resume_mode=auto" in sys.argv else 0
print("begins at", begin, os.environ["RAY_TMPDIR"], flush=True)
for step in range(begin + 1, steps + 1):
    time.sleep(float(os.environ.get("PACE", "0.02")))
    with open(os.environ["VERL_FILE_LOGGER_PATH"], "a") as file:
        data = {"critic/rewards/mean": step / 10}
        if step % 2 == 0:
            data["val-core/openai/gsm8k/acc/mean@1"] = 0.9 if step == 4 else 0.1
        file.write(json.dumps({"step": step, "data": data}) + "\\n")
    if step % 2 == 0:
        os.makedirs(os.path.join(folder, f"global_step_{step}", "actor"), exist_ok=True)
        with open(tracker + ".new", "w") as file:
            file.write(str(step))
        os.rename(tracker + ".new", tracker)
        print("saved", step, flush=True)
    if step == crash and begin == 0:
        sys.exit("out of memory")
"""


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


class Attempts(unittest.TestCase):
    def trainer(self, steps: int, crash: int = 0, **spec: Any) -> Run:
        run = Run(self, name="一次 run", resumeArgv=["resume_mode=auto"], rotate=True, **spec)
        argv = [sys.executable, "-c", TRAINER, str(steps), str(crash)]
        (run.folder / "spec.json").write_text(json.dumps({**run.spec, "argv": argv}))
        return run

    def test_a_crash_after_progress_goes_on_from_the_last_checkpoint(self) -> None:
        run = self.trainer(9, crash=5, restarts=2)
        end = run.start().exit()
        self.assertEqual(end["code"], 0)
        self.assertIn(b"begins at 4", run.log())
        first, second = lines(run.folder / "metrics.jsonl"), lines(run.folder / "metrics-2.jsonl")
        self.assertEqual([point["step"] for point in first], [1, 2, 3, 4, 5])
        self.assertEqual([point["step"] for point in second], [5, 6, 7, 8, 9])
        book = lines(run.folder / "attempts.jsonl")
        self.assertEqual([row["number"] for row in book], [1, 1, 2, 2])
        self.assertEqual(book[1]["code"], 1)
        self.assertEqual((book[2]["resumedFrom"], book[3]["code"]), (4, 0))
        self.assertEqual(run.log()[book[2]["logFrom"]:].split(b"\n")[0][:13], b"begins at 4 /")

    def test_a_crash_before_any_progress_is_not_repeated(self) -> None:
        run = Run(self, "import sys; sys.exit(3)", restarts=5, resumeArgv=[])
        self.assertEqual(run.start().exit()["code"], 3)
        self.assertEqual(len(lines(run.folder / "attempts.jsonl")), 2)

    def test_the_limit_of_restarts_holds(self) -> None:
        code = ("import os, sys\nopen(os.environ['LAUNCHPAD_METRICS'], 'w').write('{\"step\": 1, \"data\": {\"a\": 1}}\\n')\n"
                "sys.exit(4)")
        run = Run(self, code, restarts=1)
        self.assertEqual(run.start().exit()["code"], 4)
        self.assertEqual(len(lines(run.folder / "attempts.jsonl")), 4)

    def test_stop_after_the_next_checkpoint(self) -> None:
        run = self.trainer(500, env={"PACE": "0.2"})
        run.start()
        run.wait_log(b"saved 2")
        run.stop("checkpoint")
        end = run.exit()
        self.assertEqual(end["stopped"], "interrupt")
        saved = run_checkpoints.newest(str(run.folder / "checkpoints"))
        assert saved is not None
        self.assertGreaterEqual(saved, 4)
        self.assertEqual(lines(run.folder / "metrics.jsonl")[-1]["step"] - saved in (0, 1), True)

    def test_a_stop_after_the_next_checkpoint_can_be_taken_back(self) -> None:
        run = self.trainer(16, env={"PACE": "0.2"})
        run.start()
        run.wait_log(b"saved 2")
        run.stop("checkpoint")
        wait_for(lambda: (run.json("state.json") or {}).get("stopsAtCheckpoint"), "the wish in state.json")
        (run.folder / "stop.json").unlink()
        end = run.exit()
        self.assertEqual((end["stopped"], end["code"]), (None, 0))

    def test_the_best_and_the_newest_checkpoint_stay(self) -> None:
        run = self.trainer(12)
        (run.folder / "pins.json").write_text("[6]")
        run.start().exit()
        self.assertEqual(run_checkpoints.steps(str(run.folder / "checkpoints")), [4, 6, 12])

    def test_rays_folder_is_short_and_goes_with_the_attempt(self) -> None:
        code = ("import os, sys\nfolder = os.environ['RAY_TMPDIR'] + '/session_1/logs'\nos.makedirs(folder)\n"
                "open(folder + '/raylet.out', 'w').write('why')\nprint(os.environ['RAY_TMPDIR'])\nsys.exit(1)")
        run = Run(self, code)
        run.start().exit()
        folder = run.log().decode().strip()
        self.assertLess(len(folder), 20)
        self.assertFalse(os.path.exists(folder))
        self.assertEqual((run.folder / "ray-logs" / "1" / "raylet.out").read_text(), "why")

    def test_metrics_come_from_the_output_where_there_is_no_file(self) -> None:
        code = "print('step:1 - critic/rewards/mean:np.float64(0.5) - actor/grad_norm:nan', flush=True)"
        run = Run(self, code, metrics="console")
        run.start().exit()
        self.assertEqual(lines(run.folder / "metrics.jsonl"),
                         [{"step": 1, "data": {"critic/rewards/mean": 0.5, "actor/grad_norm": None}}])


class Lines(unittest.TestCase):
    def test_verls_line(self) -> None:
        line = ("\x1b[36m(TaskRunner pid=3165)\x1b[0m step:80 - global_seqlen/min:68508 - actor/pg_loss:np.float64(-0.00078)"
                " - actor/lr:np.float64(1e-06) - val-core/openai/gsm8k/reward/mean@1:np.float64(0.49) - perf/mfu:inf")
        self.assertEqual(parse_line(line), (80, {
            "global_seqlen/min": 68508.0, "actor/pg_loss": -0.00078, "actor/lr": 1e-06,
            "val-core/openai/gsm8k/reward/mean@1": 0.49, "perf/mfu": None}))

    def test_other_lines(self) -> None:
        for line in ("Training Progress:  18%|███| 80/435", "step:12", "step:x - a:1", "a step:1 - b:2 in a sentence", ""):
            self.assertIsNone(parse_line(line), line)

    def test_pieces_of_any_size_give_the_same(self) -> None:
        text = ("noise\rTraining Progress: 1%\r(TaskRunner pid=7) step:1 - a:1.5\nother\n" + "x" * 1000 + "\nstep:2 - a:-2\n").encode()
        for size in (1, 3, 7, 64, 5000):
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "metrics.jsonl")
                metrics = ConsoleMetrics(path)
                for start in range(0, len(text), size):
                    metrics.feed(text[start:start + size])
                metrics.close()
                self.assertEqual([point["data"]["a"] for point in lines(Path(path))], [1.5, -2.0], size)

    def test_a_trainer_that_writes_its_own_file_is_left_alone(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "metrics.jsonl")
            path.write_text('{"step": 1, "data": {"a": 9}}\n')
            metrics = ConsoleMetrics(str(path))
            metrics.feed(b"step:1 - a:1\n")
            self.assertEqual(len(lines(path)), 1)


class Rotation(unittest.TestCase):
    def test_what_may_go(self) -> None:
        self.assertEqual(run_checkpoints.removable([10, 20, 30], 30, 10, set()), [20])
        # 40 is being written: the newest whole one is what a resume needs.
        self.assertEqual(run_checkpoints.removable([10, 20, 30, 40], 30, None, {10}), [20])
        self.assertEqual(run_checkpoints.removable([10, 20], None, None, set()), [])

    def test_the_best(self) -> None:
        self.assertEqual(run_checkpoints.best([10, 20, 30], {10: 0.2, 20: 0.5, 25: 0.4}), 20)
        # Of equals the first: 15 was never validated itself, 10 was.
        self.assertEqual(run_checkpoints.best([10, 15, 20], {10: 0.5, 20: 0.5}), 10)
        self.assertIsNone(run_checkpoints.best([10], {}))
        self.assertIsNone(run_checkpoints.best([10], {20: 0.3}))

    def test_links_are_not_followed(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            other = Path(folder, "elsewhere")
            other.mkdir()
            (other / "kept").write_text("x")
            checkpoints = Path(folder, "checkpoints")
            for step in (2, 3):
                (checkpoints / f"global_step_{step}").mkdir(parents=True)
            os.symlink(other, checkpoints / "global_step_1")
            (checkpoints / run_checkpoints.TRACKER).write_text("3")
            self.assertEqual(run_checkpoints.rotate(folder, run_checkpoints.Scores(), []), [2])
            self.assertTrue((other / "kept").exists())

    def test_unreadable_pins_delete_nothing(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for step in (1, 2):
                Path(folder, "checkpoints", f"global_step_{step}").mkdir(parents=True)
            Path(folder, "checkpoints", run_checkpoints.TRACKER).write_text("2")
            Path(folder, "pins.json").write_text("{")
            self.assertEqual(run_checkpoints.rotate(folder, run_checkpoints.Scores(), []), [])


if __name__ == "__main__":
    unittest.main()
