"""The problem generator and the gsm8k reward rule."""
from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
sys.path[:0] = [str(RESOURCES / "practice"), str(RESOURCES / "python")]

import make_problems  # noqa: E402
from gsm8k_reward import compute_score, extract_answer  # noqa: E402

BOOK = json.loads(make_problems.TEMPLATES.read_text(encoding="utf-8"))


class Problems(unittest.TestCase):
    def setUp(self) -> None:
        self.rows = make_problems.make(500, 7, BOOK)

    def test_same_seed_same_problems(self) -> None:
        self.assertEqual(self.rows, make_problems.make(500, 7, BOOK))
        self.assertNotEqual(self.rows, make_problems.make(500, 8, BOOK))

    def test_all_different(self) -> None:
        self.assertEqual(len({row["question"] for row in self.rows}), 500)

    def test_answers_are_right_and_in_form(self) -> None:
        for row in self.rows:
            *lines, last = row["answer"].split("\n")
            marks = [re.findall(r"(\d+[-+*/]\d+) = <<(\d+)([-+*/])(\d+)=(\d+)>>(\d+)", line) for line in lines]
            for found in marks:
                self.assertEqual(len(found), 1, row)
                shown, left, operator, right, value, repeated = found[0]
                a, b, c = int(left), int(right), int(value)
                self.assertEqual(shown, f"{a}{operator}{b}")
                self.assertEqual(repeated, value)
                self.assertTrue({"+": a + b == c, "-": a - b == c, "*": a * b == c, "/": b * c == a}[operator], row)
                self.assertTrue(2 <= c <= 99)
            self.assertEqual(last, f"#### {marks[-1][0][4]}")
            self.assertEqual(compute_score("openai/gsm8k", row["answer"], last[5:]), 1.0)
            self.assertNotRegex(row["question"] + row["answer"], r"[{}]")

    def test_numbers_of_the_question_are_used(self) -> None:
        for row in self.rows:
            used = set(re.findall(r"\d+", row["answer"].split("####")[0]))
            self.assertLessEqual(set(re.findall(r"\d+", row["question"])), used, row)

    def test_every_template_appears(self) -> None:
        ids = [template["id"] for template in BOOK["templates"]]
        self.assertGreaterEqual(len(ids), 12)
        self.assertEqual(len(set(ids)), len(ids))
        texts = [row["question"] for row in self.rows]
        for template in BOOK["templates"]:
            pattern = re.sub(r"\\\{\w+\\\}", r"\\w+", re.escape(template["question"]))
            self.assertTrue(any(re.fullmatch(pattern, text) for text in texts), template["id"])

    def test_few_words(self) -> None:
        words = {word for row in self.rows for word in re.findall(r"[A-Za-z]+", " ".join(row.values()))}
        self.assertLess(len(words), 250)

    def test_too_many_asked(self) -> None:
        with self.assertRaises(ValueError):
            make_problems.make(50, 1, {"words": {}, "templates": [BOOK["templates"][8] | {"numbers": {"a": [9, 9], "b": [2, 3], "d": [2, 3]}}]})

    def test_program(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "新 data"
            argv = [sys.executable, str(RESOURCES / "practice" / "make_problems.py"),
                    "--seed", "3", "--train", "30", "--test", "10", "--out", str(out)]
            texts = []
            for _ in range(2):
                done = subprocess.run(argv, capture_output=True, check=True, text=True)
                event = json.loads(done.stdout.splitlines()[-1])
                self.assertEqual((event["event"], event["value"]["train"], event["value"]["test"]), ("result", 30, 10))
                texts.append((out / "train.jsonl").read_bytes() + (out / "test.jsonl").read_bytes())
            self.assertEqual(texts[0], texts[1])
            rows = [json.loads(line) for line in texts[0].decode().splitlines()]
            self.assertEqual(len({row["question"] for row in rows}), 40)
            bad = subprocess.run(argv + ["--train", "0"], capture_output=True, text=True)
            self.assertEqual(bad.returncode, 1)
            self.assertEqual(json.loads(bad.stdout.splitlines()[-1])["code"], "BAD_ARGUMENT")


class Rewards(unittest.TestCase):
    CASES = [  # completion, ground truth, score
        ("so #### 42", "42", 1.0),
        ("#### 1\n#### 42", "42", 1.0),
        ("#### 42\n#### 1", "42", 0.0),
        ("#### 1,234", "1234", 1.0),
        ("#### -7", "-7", 1.0),
        ("#### 0.5 miles", "0.5", 1.0),
        ("#### 42.", "42", 0.0),
        ("#### $42", "42", 0.0),
        ("####42", "42", 0.0),
        ("\\boxed{42}", "42", 0.0),
        ("42", "42", 0.0),
        ("", "42", 0.0),
        ("#### 42" + "x" * 293, "42", 1.0),
        ("#### 42" + "x" * 294, "42", 0.0),  # the first # is out of the last 300 characters
        ("#### 42", "42.0", 0.0),
    ]

    def test_cases(self) -> None:
        for text, truth, score in self.CASES:
            self.assertEqual(compute_score("openai/gsm8k", text, truth), score, (text[:20], truth))

    def test_a_number_as_truth_scores_nothing(self) -> None:
        self.assertEqual(compute_score("openai/gsm8k", "#### 42", 42), 0.0)  # type: ignore[arg-type]

    def test_extracts(self) -> None:
        self.assertEqual(extract_answer("#### 1,200,000"), "1200000")
        self.assertIsNone(extract_answer("none"))

    def test_unknown_source(self) -> None:
        with self.assertRaises(NotImplementedError):
            compute_score("made/up", "#### 1", "1")

    def test_real_gsm8k_when_it_lies_beside(self) -> None:
        files = [path for parent in RESOURCES.parents for path in [parent / "shared/data/gsm8k/test.jsonl"] if path.exists()]
        if not files:
            self.skipTest("no GSM8K beside the repository")
        for line in files[0].read_text(encoding="utf-8").splitlines():
            answer = json.loads(line)["answer"]
            truth = answer.rsplit("#### ", 1)[1].replace(",", "")
            self.assertEqual(compute_score("openai/gsm8k", answer, truth), 1.0)


if __name__ == "__main__":
    unittest.main()
