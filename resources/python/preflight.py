"""Checks model and data inside the environment before a run may start (needs transformers, pyarrow).

    python preflight.py --model DIR --train P --val P --max-prompt-length N --max-response-length N

Each check is a finding with a code; the script exits with 1 when one of severity
error was found. Result: {"rows": {"train","val"}, "promptTokens": {"p50","p95","max"},
"answerTokens": {...}, "goldScore", "wrongScore", "reward": "verl"|"built-in",
"checks": [{"code","passed"}]}.
"""
from __future__ import annotations

import argparse
import re
from typing import Any, Callable

from hf_common import quiet, render
from launchpad_events import fail, finding, progress, result

quiet()
import pyarrow as pa
import pyarrow.parquet as pq

import gsm8k_reward
from verl_data import SCHEMA

# verl/utils/reward_score/__init__.py, default_compute_score (v0.7); anything else raises NotImplementedError there.
KNOWN_SOURCES = re.compile(
    r"openai/gsm8k|lighteval/MATH|DigitalLearningGmbH/MATH-lighteval|HuggingFaceH4/MATH-500|math_dapo|math|"
    r"math_dapo_reasoning|aime.*|numina_(aops_forum|synthetic_math|amc_aime|synthetic_amc|cn_k12|olympiads)|"
    r"codecontests|apps|codeforces|taco|hiyouga/geometry3k|"
    r"searchR1_(nq|triviaqa|popqa|hotpotqa|2wikimultihopqa|musique|bamboogle)")
UNREAD = {"ability"}  # written by verl's own converters, read by nothing in the RL path
BATCH = 500


class Checks:
    """The list of checks, each reported the moment it fails."""

    def __init__(self) -> None:
        self.passed: dict[str, bool] = {}
        self.errors = 0

    def check(self, code: str, passed: bool, severity: str = "error", **params: Any) -> bool:
        """Record one check (a code may be checked for both files) and report it when it failed."""
        self.passed[code] = self.passed.get(code, True) and passed
        if not passed:
            self.errors += severity == "error"
            finding(code, severity, **params)
            print(f"{severity}: {code} {params}", flush=True)
        return passed

    def finish(self, value: dict[str, Any]) -> None:
        """Emit the result; exit with 1 when there was an error."""
        result({**value, "checks": [{"code": code, "passed": passed} for code, passed in self.passed.items()]})
        raise SystemExit(1 if self.errors else 0)


def shape(kind: pa.DataType) -> Any:
    """An Arrow type without the differences verl does not feel: width of offsets and integers, field order."""
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return "string"
    if pa.types.is_integer(kind):
        return "integer"
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return [shape(kind.value_type)]
    if pa.types.is_struct(kind):
        return {field.name: shape(field.type) for field in kind}
    return str(kind)


def fits(actual: Any, expected: Any) -> bool:
    """Whether a shape has at least what is expected; more struct fields do no harm."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return all(name in actual and fits(actual[name], kind) for name, kind in expected.items())
    if isinstance(expected, list) and isinstance(actual, list):
        return fits(actual[0], expected[0])
    return actual == expected


def load(path: str, checks: Checks) -> list[dict[str, Any]] | None:
    """Rows of a file that has verl's columns and types, None (and findings) when it has not."""
    try:
        table = pq.ParquetFile(path).read()
    except (OSError, pa.ArrowException) as problem:
        checks.check("DATA_READABLE", False, file=path, reason=str(problem))
        return None
    checks.check("DATA_READABLE", True)
    good = True
    for field in SCHEMA:
        severity = "warning" if field.name in UNREAD else "error"
        present = field.name in table.column_names
        passed = checks.check("COLUMN_PRESENT", present, severity, file=path, column=field.name)
        if present:
            actual = table.schema.field(field.name).type
            passed = checks.check("COLUMN_TYPE", fits(shape(actual), shape(field.type)), severity, file=path,
                                  column=field.name, expected=str(field.type), actual=str(actual))
        good = good and (passed or severity != "error")
    return table.to_pylist() if checks.check("ROWS_PRESENT", table.num_rows > 0, file=path) and good else None


def check_values(path: str, rows: list[dict[str, Any]], checks: Checks) -> bool:
    """No empty cells, and data sources that verl has a reward for."""
    def complete(row: dict[str, Any]) -> bool:
        return bool(row["data_source"] and row["prompt"] and (row["reward_model"] or {}).get("ground_truth")
                    and (row["extra_info"] or {}).get("answer") and all(m and m["role"] and m["content"] for m in row["prompt"]))

    bad = [index for index, row in enumerate(rows) if not complete(row)]
    good = checks.check("CELLS_FILLED", not bad, file=path, count=len(bad), row=bad[0] if bad else None)
    unknown = sorted({str(row["data_source"]) for row in rows if not KNOWN_SOURCES.fullmatch(str(row["data_source"]))})
    return checks.check("DATA_SOURCE_KNOWN", not unknown, file=path, sources=unknown[:10]) and good


def render_all(path: str, rows: list[dict[str, Any]], tokenizer: Any, checks: Checks) -> list[str] | None:
    """The rendered prompts; checks that the template works and that no question got lost in it."""
    texts, lost = [], []
    for index, row in enumerate(rows):
        try:
            text = render(tokenizer, row["prompt"])
        except Exception as problem:  # templates raise jinja2's errors and their own
            checks.check("TEMPLATE_RENDERS", False, file=path, row=index, reason=f"{type(problem).__name__}: {problem}")
            return None
        wanted = [message["content"] for message in row["prompt"]] + [row["extra_info"].get("question") or ""]
        if not all(part.strip() in text for part in wanted):
            lost.append(index)
        texts.append(text)
        if (index + 1) % BATCH == 0 or index + 1 == len(rows):
            progress(index + 1, len(rows), "rows", "prompts")
    checks.check("TEMPLATE_RENDERS", True)
    checks.check("QUESTION_KEPT", not lost, file=path, count=len(lost), row=lost[0] if lost else None)
    return texts


def token_lengths(tokenizer: Any, texts: list[str]) -> list[int]:
    """Tokens of each text, without added special tokens (the template wrote them already)."""
    lengths: list[int] = []
    for start in range(0, len(texts), BATCH):
        lengths += map(len, tokenizer(texts[start:start + BATCH], add_special_tokens=False)["input_ids"])
    return lengths


def quantiles(lengths: list[int]) -> dict[str, int]:
    """Nearest-rank p50 and p95, and the largest."""
    ordered = sorted(lengths)
    return {"p50": ordered[(len(ordered) - 1) // 2], "p95": ordered[(len(ordered) - 1) * 95 // 100], "max": ordered[-1]}


def reward_function() -> tuple[Callable[..., Any], str]:
    """verl's own dispatcher where verl is installed, else our gsm8k rule, with its name."""
    try:
        from verl.utils.reward_score import default_compute_score
        return default_compute_score, "verl"
    except Exception:  # not installed, or installed for another machine; the probe reports that
        return gsm8k_reward.compute_score, "built-in"


def score_rows(rows: list[dict[str, Any]], checks: Checks) -> dict[str, Any]:
    """The reward must give 1 to the worked answer of every row and 0 to a wrong one."""
    compute, name = reward_function()

    def score(row: dict[str, Any], text: str) -> float:
        value = compute(row["data_source"], text, row["reward_model"]["ground_truth"], row["extra_info"])
        return float(value["score"] if isinstance(value, dict) else value)

    gold, wrong = [], []
    try:
        for row in rows:
            gold.append(score(row, row["extra_info"]["answer"]))
            other = "1" if row["reward_model"]["ground_truth"] == "0" else "0"
            wrong.append(score(row, f"I do not know.\n#### {other}"))
    except Exception as problem:
        checks.check("REWARD_RUNS", False, row=len(wrong), reason=f"{type(problem).__name__}: {problem}")
        return {"goldScore": None, "wrongScore": None, "reward": name}
    checks.check("REWARD_RUNS", True)
    low = [index for index, value in enumerate(gold) if value != 1.0]
    high = [index for index, value in enumerate(wrong) if value > 0.0]
    checks.check("GOLD_SCORES_ONE", not low, count=len(low), of=len(rows), row=low[0] if low else None)
    checks.check("WRONG_SCORES_ZERO", not high, count=len(high), of=len(rows), row=high[0] if high else None)
    return {"goldScore": sum(gold) / len(gold), "wrongScore": sum(wrong) / len(wrong), "reward": name}


def check_lengths(lengths: list[int], limit: int, code: str, checks: Checks) -> dict[str, int]:
    """Some rows over the limit are a warning (verl filters or cuts them), all of them an error."""
    over = sum(length > limit for length in lengths)
    checks.check(code, over == 0, "error" if over == len(lengths) else "warning",
                 count=over, of=len(lengths), limit=limit, **quantiles(lengths))
    return quantiles(lengths)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("--model", "--train", "--val"):
        parser.add_argument(name, required=True)
    parser.add_argument("--max-prompt-length", type=int, required=True)
    parser.add_argument("--max-response-length", type=int, required=True)
    options = parser.parse_args()
    checks = Checks()
    files = {"train": options.train, "val": options.val}
    loaded = {name: load(path, checks) for name, path in files.items()}
    counts = {name: len(rows) if rows else 0 for name, rows in loaded.items()}
    parts = {name: rows for name, rows in loaded.items() if rows and check_values(files[name], rows, checks)}
    if len(parts) < len(files):
        checks.finish({"rows": counts, "promptTokens": None, "answerTokens": None, "goldScore": None, "wrongScore": None})
    from transformers import AutoTokenizer
    try:
        tokenizer = AutoTokenizer.from_pretrained(options.model)
    except Exception as problem:  # many kinds, all of them mean the folder is unusable
        fail("TOKENIZER_FAILED", model=options.model, reason=f"{type(problem).__name__}: {problem}")
    checks.check("TEMPLATE_PRESENT", bool(tokenizer.chat_template), model=options.model)
    rendered = [render_all(files[name], rows, tokenizer, checks) for name, rows in parts.items()]
    rows = [row for part in parts.values() for row in part]
    prompts = answers = None
    if all(rendered):
        texts = [text for part in rendered for text in part]
        prompts = check_lengths(token_lengths(tokenizer, texts), options.max_prompt_length, "PROMPTS_FIT", checks)
        gold = [row["extra_info"]["answer"] for row in rows]  # one more token ends the model's turn
        answers = check_lengths([length + 1 for length in token_lengths(tokenizer, gold)],
                                options.max_response_length, "ANSWERS_FIT", checks)
    checks.finish({"rows": counts, "promptTokens": prompts, "answerTokens": answers, **score_rows(rows, checks)})


if __name__ == "__main__":
    main()
