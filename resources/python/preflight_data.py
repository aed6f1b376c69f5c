"""A few rows of the data through verl's own reader and reward (needs verl, pyarrow and the model's tokenizer)."""
from __future__ import annotations

import importlib.util
import inspect
import json
import os
from pathlib import Path
from typing import Any

from preflight_environment import at
from preflight_report import Finding, Skip, describe, made

# Rows whose lengths are counted; verl itself reads fewer.
SAMPLE = 256
READ = 8
GSM8K = "openai/gsm8k"


class Rows:
    """The first rows of one file, and how many there are in all."""

    def __init__(self, key: str, path: str) -> None:
        self.key, self.path, self.file = key, path, Path(os.path.expanduser(path))
        self.table: Any = None
        if self.file.suffix == ".parquet":
            import pyarrow.parquet as pq
            file = pq.ParquetFile(self.file)
            self.total, self.columns = file.metadata.num_rows, list(file.schema_arrow.names)
            self.table = next(file.iter_batches(batch_size=SAMPLE), None)
            self.rows = self.table.to_pylist() if self.table is not None else []
        else:
            with open(self.file, encoding="utf-8") as lines:
                text = lines.read()
            lines_of_json = (json.loads(line) for line in text.split("\n") if line.strip())
            every = json.loads(text) if text.lstrip().startswith("[") else list(lines_of_json)
            self.total, self.rows = len(every), every[:SAMPLE]
            self.columns = sorted({name for row in self.rows for name in row})

    def slice(self, scratch: Path) -> Path:
        """The rows that verl is to read, as a file of the same kind."""
        target = scratch / f"{self.key.rsplit('.', 1)[-1]}{self.file.suffix}"
        if self.table is not None:
            import pyarrow as pa
            import pyarrow.parquet as pq
            pq.write_table(pa.Table.from_batches([self.table.slice(0, READ)]), target)
        else:
            lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in self.rows[:READ])
            target.write_text(lines, encoding="utf-8")
        return target


def files_of(config: dict[str, Any], key: str) -> list[str]:
    value = at(config, key)
    return [str(one) for one in value] if isinstance(value, list) else [str(value)] if value else []


def prompt_text(prompt: Any) -> str:
    if isinstance(prompt, str):
        return prompt
    if not isinstance(prompt, list):
        return ""
    return "\n".join(str(one.get("content") or "") if isinstance(one, dict) else str(one) for one in prompt)


def truth_of(row: dict[str, Any]) -> Any:
    reward = row.get("reward_model")
    return reward.get("ground_truth") if isinstance(reward, dict) else None


def asks_boxed(row: dict[str, Any], prompt_key: str) -> bool:
    return "\\boxed" in prompt_text(row.get(prompt_key)) and "####" not in prompt_text(row.get(prompt_key))


def check_columns(rows: Rows, prompt_key: str) -> list[Finding]:
    """Which layout it is: verl's, the one of preferences (the tutorial's), or one without a prompt."""
    key, file, columns = rows.key, rows.file.name, rows.columns
    if "chosen" in columns and "reward_model" not in columns:
        return [made("PREFLIGHT_DATA_PREFERENCES", "error", [key], file=file, columns=", ".join(columns))]
    findings = []
    for name in (prompt_key, "data_source", "reward_model"):
        if name not in columns:
            findings.append(made("PREFLIGHT_COLUMN_MISSING", "error", [key], file=file, column=name,
                                 columns=", ".join(columns)))
    return findings


def check_rows(rows: Rows, prompt_key: str, custom: bool) -> list[Finding]:
    """What is wrong in the cells; each kind once, with the first row of it."""
    found: dict[str, Finding] = {}

    def say(code: str, severity: str, row: int, **params: Any) -> None:
        found.setdefault(code, made(code, severity, [rows.key], file=rows.file.name, row=row, **params))

    for index, row in enumerate(rows.rows):
        prompt, truth = row.get(prompt_key), truth_of(row)
        if isinstance(prompt, str):
            say("PREFLIGHT_PROMPT_PLAIN", "error", index)
        elif prompt is not None and not prompt_text(prompt).strip():
            say("PREFLIGHT_PROMPT_EMPTY", "error", index)
        if "reward_model" in row and not custom:
            if truth is None:
                say("PREFLIGHT_TRUTH_MISSING", "error", index)
            elif not isinstance(truth, str):
                say("PREFLIGHT_TRUTH_TYPE", "error", index, kind=type(truth).__name__)
        if not custom and asks_boxed(row, prompt_key) and row.get("data_source", GSM8K) == GSM8K:
            say("PREFLIGHT_BOXED", "error", index)
        if isinstance(row.get("extra_info"), str):
            say("PREFLIGHT_EXTRA_INFO", "error", index)
    return list(found.values())


def check_lengths(rows: Rows, config: dict[str, Any], tokenizer: Any, prompt_key: str) -> list[Finding]:
    limit, filtered = at(config, "data.max_prompt_length", 0), bool(at(config, "data.filter_overlong_prompts", False))
    lengths = []
    for row in rows.rows:
        messages = row.get(prompt_key)
        if isinstance(messages, list):
            text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
            lengths.append(len(tokenizer(text, add_special_tokens=False)["input_ids"]))
    over = sum(length > limit for length in lengths)
    if over == 0:
        return []
    params = {"file": rows.file.name, "count": over, "of": len(lengths), "limit": limit, "longest": max(lengths)}
    if over == len(lengths):
        return [made("PREFLIGHT_PROMPTS_ALL_LONG", "error", ["data.max_prompt_length"], **params)]
    if filtered:
        return [made("PREFLIGHT_PROMPTS_FILTERED", "info", ["data.max_prompt_length"], **params)]
    # verl/utils/torch_functional.py raises for truncation "error", its default, in the middle of the training.
    severity = "error" if at(config, "data.truncation", "error") == "error" else "warning"
    keys = ["data.filter_overlong_prompts", "data.max_prompt_length"]
    return [made("PREFLIGHT_PROMPTS_LONG", severity, keys, **params)]


def read_with_verl(rows: Rows, composed: Any, tokenizer: Any, scratch: Path) -> list[Finding]:
    """verl's own RLHFDataset over the first rows, with the options of the configuration."""
    from omegaconf import OmegaConf, open_dict
    from verl.utils.dataset.rl_dataset import RLHFDataset

    options = OmegaConf.create(OmegaConf.to_container(composed.data, resolve=True))
    with open_dict(options):
        options.cache_dir = str(scratch / "verl")
        options.filter_overlong_prompts = False
        options.truncation = "right"
        options.use_shm = False
    try:
        dataset = RLHFDataset(data_files=str(rows.slice(scratch)), tokenizer=tokenizer, config=options, processor=None)
        for index in range(len(dataset)):
            dataset[index]
    except Exception as problem:  # whatever verl, datasets or a template raise
        return [made("PREFLIGHT_DATA_UNREAD", "error", [rows.key], file=rows.file.name, detail=describe(problem))]
    return []


class Data:
    """The files of a configuration, read once for the areas data and reward."""

    def __init__(self, config: dict[str, Any], composed: Any, given: set[str], scratch: Path) -> None:
        self.config, self.composed, self.given, self.scratch = config, composed, given, scratch
        self.prompt_key = str(at(config, "data.prompt_key", "prompt"))
        self.parts: dict[str, Rows] = {}

    def custom(self) -> tuple[str, str] | None:
        """(file, name) of a reward function of one's own."""
        for key in ("reward.custom_reward_function", "custom_reward_function"):
            path = at(self.config, f"{key}.path")
            if path:
                return str(path), str(at(self.config, f"{key}.name", "compute_score"))
        return None

    def tokenizer(self) -> tuple[Any, list[Finding]]:
        key = "actor_rollout_ref.model.path"
        path = str(at(self.config, key, ""))
        if not os.path.isdir(os.path.expanduser(path)):
            return None, [made("PREFLIGHT_MODEL_MISSING", "error", [key], path=path)]
        from verl.utils import hf_tokenizer
        try:
            trust = bool(at(self.config, "data.trust_remote_code", False))
            tokenizer = hf_tokenizer(os.path.expanduser(path), trust_remote_code=trust)
        except Exception as problem:
            return None, [made("PREFLIGHT_TOKENIZER", "error", [key], path=path, detail=describe(problem))]
        if not tokenizer.chat_template:
            return None, [made("PREFLIGHT_NO_TEMPLATE", "error", [key], path=path)]
        return tokenizer, []

    def check(self) -> list[Finding]:
        tokenizer, findings = self.tokenizer()
        for key in ("data.train_files", "data.val_files"):
            if key == "data.val_files" and key not in self.given:
                continue  # said among the paths
            total = 0
            for path in files_of(self.config, key):
                more, rows = self.check_file(key, path, tokenizer)
                findings += more
                total += rows
            findings += self.enough(key, total)
        return findings

    def check_file(self, key: str, path: str, tokenizer: Any) -> tuple[list[Finding], int]:
        if not os.path.isfile(os.path.expanduser(path)):
            return [made("PREFLIGHT_DATA_MISSING", "error", [key], file=path)], 0
        try:
            rows = Rows(key, path)
        except Exception as problem:  # pyarrow's own, or no JSON
            return [made("PREFLIGHT_DATA_UNREAD", "error", [key], file=Path(path).name, detail=describe(problem))], 0
        self.parts.setdefault(key, rows)
        found = check_columns(rows, self.prompt_key) + check_rows(rows, self.prompt_key, self.custom() is not None)
        if tokenizer is not None and not any(one["severity"] == "error" for one in found):
            found += read_with_verl(rows, self.composed, tokenizer, self.scratch)
            found += check_lengths(rows, self.config, tokenizer, self.prompt_key)
        return found, rows.total

    def enough(self, key: str, total: int) -> list[Finding]:
        """Rule 15: the last batch is dropped, so fewer rows than one batch are none (trainer/ppo/ray_trainer.py)."""
        batch = at(self.config, "data.train_batch_size", 1)
        if key != "data.train_files" or total == 0 or total >= batch:
            return []
        return [made("PREFLIGHT_ROWS_FEW", "error", ["data.train_batch_size", key], rows=total, batch=batch)]

    def steps(self) -> int | None:
        """Training steps of the whole run, None when the rows are not known."""
        fixed = at(self.config, "trainer.total_training_steps")
        if isinstance(fixed, int):
            return fixed
        rows = self.parts.get("data.train_files")
        batch, epochs = at(self.config, "data.train_batch_size", 1), at(self.config, "trainer.total_epochs", 1)
        return None if rows is None or not batch else rows.total // batch * epochs

    def check_reward(self) -> list[Finding]:
        rows = self.parts.get("data.train_files")
        if rows is None:
            raise Skip(reason="no-data")
        graded = [row for row in rows.rows[:READ] if isinstance(truth_of(row), (str, int, float)) or self.custom()]
        if not graded:
            raise Skip(reason="no-truth")
        custom = self.custom()
        try:
            score = load_custom(*custom) if custom is not None else default_score()
        except Exception as problem:
            file, name = custom or ("verl", "default_compute_score")
            return [made("PREFLIGHT_REWARD_BROKEN", "error", ["custom_reward_function.path"], file=file, name=name,
                         detail=describe(problem))]
        return compare(graded, score, self.prompt_key)


def load_custom(path: str, name: str) -> Any:
    """As verl loads it (verl/trainer/ppo/reward.py)."""
    spec = importlib.util.spec_from_file_location("custom_module", os.path.expanduser(path))
    if spec is None or spec.loader is None or not os.path.isfile(os.path.expanduser(path)):
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, name)


def default_score() -> Any:
    from verl.utils.reward_score import default_compute_score
    return default_compute_score


def gold_answers(row: dict[str, Any], truth: Any) -> list[str]:
    """Right answers in the forms that verl's rules read; the best of them counts."""
    worked = (row.get("extra_info") or {}).get("answer") if isinstance(row.get("extra_info"), dict) else None
    return [str(one) for one in (worked, f"#### {truth}", f"The answer is $\\boxed{{{truth}}}$.", f"Answer: {truth}",
                                 f"<answer>{truth}</answer>", truth) if one is not None]


def value_of(score: Any, row: dict[str, Any], text: str, truth: Any) -> float:
    value = score(data_source=row.get("data_source", ""), solution_str=text, ground_truth=truth,
                  extra_info=row.get("extra_info"))
    if inspect.isawaitable(value):
        import asyncio
        value = asyncio.run(_wait(value))
    value = value["score"] if isinstance(value, dict) else value
    return float(value[0] if isinstance(value, (list, tuple)) else value)


async def _wait(value: Any) -> Any:
    return await value


def compare(rows: list[dict[str, Any]], score: Any, prompt_key: str) -> list[Finding]:
    """The right answer has to score more than a wrong one, or there is nothing to learn."""
    keys = ["data.train_files"]
    for index, row in enumerate(rows):
        truth = truth_of(row)
        try:
            gold = max(value_of(score, row, text, truth) for text in gold_answers(row, truth))
            wrong = value_of(score, row, "I do not know.\n#### " + ("1" if str(truth) == "0" else "0"), truth)
        except NotImplementedError:
            return [made("PREFLIGHT_REWARD_UNKNOWN", "error", keys, source=str(row.get("data_source")))]
        except Exception as problem:
            return [made("PREFLIGHT_REWARD_RAISES", "error", keys, row=index, detail=describe(problem))]
        if gold <= wrong:
            return [made("PREFLIGHT_REWARD_FLAT", "error", keys, row=index, gold=gold, wrong=wrong)]
    return []
