"""Scoring with a function of the user's: whatever it does costs its row and nothing else."""
from __future__ import annotations

import json
import tempfile
import unittest
from pathlib import Path
from typing import Any

from test_scripts import PYTHON, run_with_events

SCRIPT = str(PYTHON / "score_rewards.py")


class Scoring(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="score 打分 ")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def score(self, code: str, solutions: list[str], name: str = "compute_score", seconds: float = 10,
              **more: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]], str]:
        """(scores, events, stdout)"""
        file, items, out = self.folder / "my reward.py", self.folder / "items.jsonl", self.folder / "scores.jsonl"
        file.write_text(code, encoding="utf-8")
        rows = [{"index": at + 5, "data_source": "made/up", "solution": text, "truth": "42", "extra_info": None, **more}
                for at, text in enumerate(solutions)]
        items.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
        done, events = run_with_events([SCRIPT, f"--items={items}", f"--out={out}", f"--file={file}", f"--name={name}",
                                        f"--seconds={seconds}"], PYTHONUTF8="1")
        scores = [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []
        return scores, events, done.stdout

    def failure(self, body: str, seconds: float = 10) -> dict[str, Any]:
        """Of a row whose function does this, while the row behind it is scored."""
        code = f"import sys, time\ndef compute_score(data_source, solution_str, ground_truth, extra_info=None):\n" \
               f"    if solution_str == 'good':\n        return 1\n{body}"
        scores, events, _ = self.score(code, ["bad", "good"], seconds=seconds)
        self.assertEqual([row["score"] for row in scores], [None, 1.0])
        self.assertEqual(events[-1]["value"] | {"verl": None}, {"rows": 2, "failed": 1, "verl": None})
        self.assertEqual(scores[0]["failure"]["params"]["row"], 5)
        return scores[0]["failure"]

    def test_gives_what_verl_gives_and_takes_what_verl_takes(self) -> None:
        code = "def mine(**given):\n    return {'score': given['solution_str'] == given['ground_truth'], 'pred': str(given)}"
        scores, _, _ = self.score(code, ["42", "41"], name="mine", extra_info={"index": 3})
        self.assertEqual([(row["index"], row["score"]) for row in scores], [(5, 1.0), (6, 0.0)])
        self.assertEqual(scores[0]["found"], str({"data_source": "made/up", "solution_str": "42", "ground_truth": "42",
                                                  "extra_info": {"index": 3}}))

    def test_async_functions_share_a_loop(self) -> None:
        code = ("import asyncio\nseen = set()\nasync def compute_score(extra_info, **given):\n"
                "    seen.add(id(asyncio.get_running_loop()))\n    await asyncio.sleep(0)\n    return len(seen)")
        scores, _, _ = self.score(code, ["a", "b", "c"])
        self.assertEqual([row["score"] for row in scores], [1.0, 1.0, 1.0])

    def test_every_character_arrives(self) -> None:
        texts = ["a\u2028b\u2029c\x85d", "é\r\n😀", "\ud800"]
        code = "def compute_score(solution_str, **given):\n    print(solution_str)\n    return {'score': 1, 'pred': solution_str}"
        file = self.folder / "items.jsonl"
        scores, _, _ = self.score(code, texts[:2])
        self.assertEqual([row["found"] for row in scores], texts[:2])
        file.write_text(json.dumps({"index": 0, "data_source": "", "solution": texts[2], "truth": ""}))
        run_with_events([SCRIPT, f"--items={file}", f"--out={self.folder / 'out'}", f"--file={self.folder / 'my reward.py'}"])
        self.assertIsNone(json.loads((self.folder / "out").read_text())["failure"])

    def test_what_it_prints_is_not_taken_for_events(self) -> None:
        code = ("import json, sys\ndef compute_score(**given):\n"
                "    print(json.dumps({'event': 'result', 'value': 7}))\n    sys.stdout.write('x' * 100_000)\n    return 1")
        _, events, stdout = self.score(code, ["a"])
        self.assertEqual(len(stdout.splitlines()[0]), 31)
        self.assertEqual([event["value"]["rows"] for event in events if event["event"] == "result"], [1])

    def test_a_row_that_raises(self) -> None:
        for body in ("    raise ValueError('no')", "    sys.exit(3)", "    return 1 / 0", "    return unknown"):
            self.assertEqual(self.failure(body)["code"], "REWARD_FUNCTION_RAISED")
        self.assertEqual(self.failure("    raise ValueError('no')")["params"]["detail"], "ValueError: no")

    def test_a_row_that_hangs(self) -> None:
        for body in ("    while True: pass", "    time.sleep(1000)",
                     "    try:\n        time.sleep(1000)\n    except Exception:\n        return 1",
                     "    while True:\n        try:\n            time.sleep(1000)\n        except:\n            return 1"):
            self.assertEqual(self.failure(body, seconds=0.3)["code"], "REWARD_FUNCTION_SLOW")

    def test_an_async_row_that_hangs(self) -> None:
        code = ("import asyncio\nasync def compute_score(solution_str, **given):\n"
                "    await asyncio.sleep(1000 if solution_str == 'bad' else 0)\n    return 1")
        scores, _, _ = self.score(code, ["bad", "good"], seconds=0.3)
        self.assertEqual([row["score"] for row in scores], [None, 1.0])

    def test_what_is_no_number(self) -> None:
        for value in ("None", "'1'", "{'acc': 1}", "float('nan')", "[1.0, 2.0]", "{'score': None}"):
            self.assertEqual(self.failure(f"    return {value}")["code"], "REWARD_FUNCTION_RETURNED", value)

    def test_a_function_that_cannot_be_used(self) -> None:
        for code, detail in (("def other(): pass", "there is no such function"), ("compute_score = 3", "not a function"),
                             ("def compute_score(:", "SyntaxError: invalid syntax (line 1)"),
                             ("import nowhere_to_be_found", "ModuleNotFoundError"), ("raise SystemExit(2)", "SystemExit"),
                             ("import gsm8k_reward", "ModuleNotFoundError")):
            scores, events, _ = self.score(code, ["a"])
            self.assertEqual((scores, events[-1]["code"]), ([], "REWARD_FUNCTION_BAD"), code)
            self.assertIn(detail, events[-1]["params"]["detail"])

    def test_a_file_that_is_not_there(self) -> None:
        for name in ("missing.py", "."):
            _, events = run_with_events([SCRIPT, "--items=x", "--out=y", f"--file={self.folder / name}"])
            self.assertEqual(events[-1]["code"], "REWARD_FUNCTION_BAD")


if __name__ == "__main__":
    unittest.main()
