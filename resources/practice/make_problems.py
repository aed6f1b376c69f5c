"""Writes small word problems in GSM8K's form for the practice run (stdlib only).

    python make_problems.py --seed 7 --train 400 --test 64 --out DIR

DIR/train.jsonl and DIR/test.jsonl hold {"question", "answer"} rows; the answer
is worked text with calculator marks (<<3+4=7>>) and a last line "#### 7". The
same seed and counts give the same bytes on every Python >= 3.10.
"""
from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python"))
from launchpad_events import fail, progress, result  # noqa: E402

TEMPLATES = Path(__file__).with_name("templates.json")
SMALLEST, LARGEST = 2, 99  # no "1 books"; two digits, since a practice model has about a million parameters
TRIES_PER_ROW = 200


def compute(formula: str, values: dict[str, int]) -> tuple[int | None, str]:
    """("a + b", {"a": 3, "b": 4}) -> (7, "3+4"); None when the value is no whole number from SMALLEST to LARGEST."""
    left, operator, right = formula.split()
    a, b = values[left], values[right]
    if operator == "/":
        value = a // b if a % b == 0 else 0
    else:
        value = {"+": a + b, "-": a - b, "*": a * b}[operator]
    return (value if SMALLEST <= value <= LARGEST else None), f"{a}{operator}{b}"


def draw(template: dict[str, Any], words: dict[str, list[str]], chance: random.Random) -> dict[str, str] | None:
    """One problem from one template, or None when the drawn numbers do not work out."""
    slots: dict[str, Any] = {key: chance.choice(choices) for key, choices in {**words, **template.get("words", {})}.items()}
    values = {key: chance.randint(low, high) for key, (low, high) in template["numbers"].items()}
    lines = []
    for step in template["steps"]:
        value, text = compute(step["formula"], values)
        if value is None:
            return None
        values[step["value"]] = value
        lines.append(step["text"].format(**slots, **values, calc=f"{text} = <<{text}={value}>>{value}"))
    lines.append(f"#### {value}")
    return {"question": template["question"].format(**slots, **values), "answer": "\n".join(lines)}


def make(count: int, seed: int, book: dict[str, Any]) -> list[dict[str, str]]:
    """`count` different problems, the templates taking turns in an order drawn from the seed.

    Raises ValueError when the templates cannot give that many different ones.
    """
    chance = random.Random(seed)
    rows: list[dict[str, str]] = []
    seen: set[str] = set()
    for _ in range(count * TRIES_PER_ROW):
        if len(rows) == count:
            break
        row = draw(chance.choice(book["templates"]), book["words"], chance)
        if row and row["question"] not in seen:
            seen.add(row["question"])
            rows.append(row)
    if len(rows) < count:
        raise ValueError(f"only {len(rows)} different problems")
    return rows


def write(path: Path, rows: list[dict[str, str]]) -> str:
    """Write rows as JSONL, replacing the file at once; returns the SHA-256 of its bytes."""
    data = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_bytes(data)
    os.replace(temporary, path)
    return hashlib.sha256(data).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--train", type=int, default=400)
    parser.add_argument("--test", type=int, default=64)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    if options.train < 1 or options.test < 1:
        fail("BAD_ARGUMENT", argument="--train/--test", reason="at least one row each")
    book = json.loads(TEMPLATES.read_text(encoding="utf-8"))
    total = options.train + options.test
    try:
        rows = make(total, options.seed, book)
        options.out.mkdir(parents=True, exist_ok=True)
        sha256s = {}
        for name, part in (("train", rows[: options.train]), ("test", rows[options.train:])):
            sha256s[name] = write(options.out / f"{name}.jsonl", part)
    except ValueError as problem:
        fail("TOO_MANY_ROWS", asked=total, reason=str(problem))
    except OSError as problem:
        fail("CANNOT_WRITE", path=str(options.out), reason=problem.strerror or str(problem))
    progress(total, total, "rows", "problems")
    result({"train": options.train, "test": options.test, "sha256s": sha256s})


if __name__ == "__main__":
    main()
