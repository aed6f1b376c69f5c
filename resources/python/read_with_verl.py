"""Reads parquet files with verl's own RLHFDataset, every row of them (needs verl).

    python read_with_verl.py --scratch DIR [--model DIR] FILE...

Each file is a dataset of its own, as training and validation are. Every row must come out with a conversation and
with the data_source and ground truth that pyarrow reads in the file. verl up to 0.6 renders and tokenizes on the way:
with the model's tokenizer, else with one that is made here and knows no words. Nothing is fetched; what `datasets`
makes of the files goes below --scratch. Result: {"verl", "rows"}; DATA_NOT_PROVED says which row is not as it should be.
"""
from __future__ import annotations

import argparse
import os
import time
from importlib import metadata
from pathlib import Path
from typing import Any, Iterator

from hf_common import quiet
from launchpad_events import fail, finding, progress, result

# Longer prompts are cut here and not refused: whether they fit is for the plan to say. Shorter ones are filled up.
MAX_PROMPT = 4096
MOST_DETAIL = 500
TEMPLATE = "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}"


class NotAsWritten(Exception):
    pass


def check(holds: bool, text: str) -> None:
    if not holds:
        raise NotAsWritten(text)


def describe(problem: BaseException) -> str:
    if isinstance(problem, NotAsWritten):
        return str(problem)[:MOST_DETAIL]
    return f"{type(problem).__name__}: {problem}"[:MOST_DETAIL]


def wordless_tokenizer() -> Any:
    """The least that verl up to 0.6 can iterate with: every word is the unknown one."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import WhitespaceSplit
    from transformers import PreTrainedTokenizerFast

    words = Tokenizer(WordLevel({"<unk>": 0, "<pad>": 1}, unk_token="<unk>"))
    words.pre_tokenizer = WhitespaceSplit()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, unk_token="<unk>", pad_token="<pad>")
    tokenizer.chat_template = TEMPLATE
    return tokenizer


def load_reader(model: Path | None) -> tuple[Any, Any, Any]:
    """(RLHFDataset, tokenizer, processor); the processor is None for a model of text alone."""
    from verl.utils.dataset.rl_dataset import RLHFDataset

    if model is None:
        return RLHFDataset, wordless_tokenizer(), None
    from verl.utils import hf_processor, hf_tokenizer
    return (RLHFDataset, hf_tokenizer(str(model), trust_remote_code=False),
            hf_processor(str(model), trust_remote_code=False))


def config(scratch: Path) -> Any:
    """What the plan sets and every version knows (verl/trainer/config/data/legacy_data.yaml); filters nothing."""
    from omegaconf import OmegaConf
    return OmegaConf.create({
        "cache_dir": str(scratch / "verl"), "prompt_key": "prompt", "image_key": "images", "video_key": "videos",
        "max_prompt_length": MAX_PROMPT, "truncation": "right", "filter_overlong_prompts": False,
        "return_raw_chat": True, "return_full_prompt": False, "use_shm": False, "need_tools_kwargs": False,
    })


def rows_of_file(file: Path) -> Iterator[dict[str, Any]]:
    """What is compared, as pyarrow reads it, in constant memory."""
    import pyarrow.parquet as pq

    parquet = pq.ParquetFile(file)
    names = parquet.schema_arrow.names
    for name in ("prompt", "data_source", "reward_model"):
        check(name in names, f'there is no column "{name}"')
    for batch in parquet.iter_batches(batch_size=1024, columns=["prompt", "data_source", "reward_model"]):
        yield from batch.to_pylist()


def check_conversation(messages: Any) -> None:
    check(isinstance(messages, list), "the prompt is not a list of messages")
    check(len(messages) > 0, "the prompt is empty")
    for message in messages:
        check(isinstance(message, dict) and "role" in message and "content" in message,
              "a message has no role or content")
    check(any(text_of(message["content"]) for message in messages), "the prompt is empty")


def text_of(content: Any) -> str:
    """Of a picture or film its kind: it is something, too."""
    if isinstance(content, list):
        return "".join(str(part.get("text") or part.get("type") or "") for part in content)
    return (content or "").strip()


def check_row(row: dict[str, Any], written: dict[str, Any], tokenizer: Any) -> None:
    check_conversation(row.get("raw_prompt"))
    if isinstance(row["raw_prompt"][0]["content"], str):
        check(row["raw_prompt"] == written["prompt"], "the prompt is not what the file says")
    ids = row.get("raw_prompt_ids")
    if ids is None and tokenizer is not None:  # since 0.7 verl does this later, in the rollout
        ids = tokenizer.apply_chat_template(row["raw_prompt"], add_generation_prompt=True, tokenize=True)
        ids = ids["input_ids"] if hasattr(ids, "keys") else ids
    check(ids is None or len(ids) > 0, "the prompt has no tokens")
    check(isinstance(row.get("data_source"), str) and row["data_source"] == written["data_source"],
          "data_source is not what the file says")
    reward = row.get("reward_model")
    check(isinstance(reward, dict) and reward.get("ground_truth") is not None, "there is no ground truth")
    check(reward["ground_truth"] == written["reward_model"]["ground_truth"], "the ground truth is not what the file says")


class Teller:
    def __init__(self, total: int) -> None:
        self.total, self.done, self.told = total, 0, 0.0

    def one(self) -> None:
        self.done += 1
        if time.monotonic() - self.told > 0.2 or self.done == self.total:
            self.told = time.monotonic()
            progress(self.done, self.total, "rows")


def read_file(file: Path, reader: tuple[Any, Any, Any], options: Any, asks_template: bool, teller: Teller) -> int:
    """Rows that verl read."""
    dataset_class, tokenizer, processor = reader
    row = -1
    try:
        dataset = dataset_class(data_files=str(file), tokenizer=tokenizer, config=options, processor=processor)
        for row, written in enumerate(rows_of_file(file)):
            check(row < len(dataset), f"verl sees only {len(dataset)} rows")
            check_row(dataset[row], written, tokenizer if asks_template else None)
            teller.one()
        check(row + 1 == len(dataset), f"verl sees {len(dataset)} rows, the file holds {row + 1}")
    except Exception as problem:  # whatever verl, datasets or a template raise for rows they cannot use
        place = f"{file.name}, row {row}" if row >= 0 else file.name
        fail("DATA_NOT_PROVED", detail=f"{place}: {describe(problem)}")
    return row + 1


def count_rows(files: list[Path]) -> int:
    import pyarrow.parquet as pq
    total = 0
    for file in files:
        try:
            total += pq.read_metadata(file).num_rows
        except Exception as problem:  # OSError, and pyarrow's own for what is no parquet
            fail("DATA_NOT_PROVED", detail=f"{file.name}: {describe(problem)}")
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scratch", type=Path, required=True)
    parser.add_argument("--model", type=Path)
    parser.add_argument("files", type=Path, nargs="+")
    options = parser.parse_args()
    quiet()
    # Before `datasets` is imported, which reads them once.
    os.environ.update({"HF_HUB_OFFLINE": "1", "HF_HOME": str(options.scratch / "home"),
                       "HF_DATASETS_CACHE": str(options.scratch / "datasets")})
    total = count_rows(options.files)
    try:
        reader = load_reader(options.model)
    except Exception as problem:  # a broken environment, a model without a usable tokenizer
        whose = f"{options.model.name}: " if options.model else ""
        fail("DATA_NOT_PROVED", detail=whose + describe(problem))
    settings = config(options.scratch)
    teller = Teller(total)
    rows = sum(read_file(file, reader, settings, options.model is not None, teller) for file in options.files)
    finding("DATA_VERL_READS", "info", rows=rows)
    result({"verl": metadata.version("verl"), "rows": rows})


if __name__ == "__main__":
    main()
