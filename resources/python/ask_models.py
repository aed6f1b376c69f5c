"""The same questions to the model before and after the training (needs torch, transformers; verl for its rewards).

    python ask_models.py --trained DIR [--base DIR] --questions FILE.json [--data FILE.parquet] [--max-new-tokens 512]
                         [--device auto|cpu] [--reward-file REWARD.py --reward-name compute_score]

FILE.json: {"rows": [numbers of rows of the data], "questions": [texts]}. One model is loaded after the other, on a
card where it fits (say_something.py), the likeliest token each time. Rows are scored as the training scored them: by
the user's function, by verl's default_compute_score, or by our gsm8k rule where there is no verl. Result: {"device",
"answers": [{"row", "question", "truth", "base": {"text", "tokens", "score"} | null, "trained": ...}]}.
"""
from __future__ import annotations

import argparse
import gc
import itertools
import json
from pathlib import Path
from typing import Any, Callable

from hf_common import quiet, render
from launchpad_events import fail, finding, progress, result

quiet()
import torch
from transformers import AutoTokenizer

from probe_cards import describe
from say_something import answer, card_dtype, choose_card, count_parameters, cpu_dtype, load
from score_rewards import Loop, score_row, users_function, verl_version, verls_function
from verl_data import read_rows

REWARD_SECONDS = 10


class Silent:
    """Takes the place of say_something's count of tokens: here whole answers are counted."""

    def put(self, _value: Any) -> None:
        pass

    def end(self) -> None:
        pass


def words(content: Any) -> str:
    """A message's text; of one with parts (pictures) the text ones."""
    if isinstance(content, str):
        return content
    return " ".join(part.get("text") or "" for part in content if isinstance(part, dict))


def read_data(file: Path, limit: int) -> list[dict[str, Any]]:
    """The first rows of what verl reads: parquet, or JSON (lines) in its newer versions."""
    try:
        if file.suffix == ".jsonl":
            with file.open(encoding="utf-8", newline="\n") as lines:
                return [json.loads(line) for line in itertools.islice(lines, limit)]
        if file.suffix == ".json":
            return json.loads(file.read_text(encoding="utf-8"))[:limit]
        return read_rows(str(file), limit)
    except OSError:
        fail("DATA_NOT_FOUND", path=str(file))
    except ValueError as problem:  # pyarrow's are, too
        fail("DATA_UNREADABLE", file=str(file), detail=describe(problem)[:300])


def read_items(asked: dict[str, Any], data: Path | None) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    if asked["rows"]:
        if data is None:
            fail("DATA_NOT_FOUND", path="data.val_files")
        rows = read_data(data, max(asked["rows"]) + 1)
        for index in asked["rows"]:
            if index >= len(rows):
                fail("BAD_INPUT", detail=f"row {index} of {len(rows)}")
            row = rows[index]
            prompt = row["prompt"] if not isinstance(row["prompt"], str) else [{"role": "user", "content": row["prompt"]}]
            items.append({"row": index, "messages": [dict(message) for message in prompt],
                          "truth": (row.get("reward_model") or {}).get("ground_truth"), "source": row.get("data_source"),
                          "extra": row.get("extra_info")})
    for text in asked["questions"]:
        items.append({"row": None, "messages": [{"role": "user", "content": text}], "truth": None, "source": None, "extra": None})
    return items


def choose_reward(file: Path | None, name: str) -> Callable[..., Any]:
    if file is not None:
        return users_function(file, name)
    if verl_version() is not None:
        return verls_function()
    from gsm8k_reward import compute_score
    return compute_score


def prompt_text(tokenizer: Any, folder: Path, messages: list[dict[str, Any]]) -> str:
    """As the training rendered it; without a template the words alone."""
    if not tokenizer.chat_template:
        return "\n".join(words(message["content"]) for message in messages)
    try:
        return render(tokenizer, messages)
    except Exception as problem:  # templates raise jinja2's errors and their own
        fail("MODEL_CONFIG_BAD", file=str(folder), detail=describe(problem)[:300])


def open_model(folder: Path, device: str) -> tuple[Any, Any, str]:
    """(tokenizer, model, the device's name)."""
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        parameters = count_parameters(folder)
    except Exception as problem:  # whatever the libraries raise for files that are not what they should be
        fail("MODEL_CONFIG_BAD", file=str(folder), detail=describe(problem)[:300])
    card = choose_card(parameters) if device == "auto" else None
    try:
        if card is not None:
            try:
                dtype = card_dtype(torch.cuda.get_device_capability(card))
                return tokenizer, load(folder, f"cuda:{card}", dtype), torch.cuda.get_device_name(card)
            except RuntimeError as problem:  # out of memory after all: main memory still works
                finding("SAY_CARD_FAILED", "warning", gpu=torch.cuda.get_device_name(card), error=describe(problem)[:300])
        return tokenizer, load(folder, "cpu", cpu_dtype(folder, parameters)), "cpu"
    except (OSError, ValueError, KeyError, ImportError) as problem:
        fail("MODEL_WEIGHTS_BAD", file=str(folder), detail=describe(problem)[:300])


def ask(folder: Path, items: list[dict[str, Any]], most: int, device: str, told: Callable[[], None]) -> tuple[list[dict[str, Any]], str]:
    tokenizer, model, place = open_model(folder, device)
    given = []
    for item in items:
        text, tokens = answer(model, tokenizer, prompt_text(tokenizer, folder, item["messages"]), most, Silent())
        given.append({"text": text, "tokens": tokens, "score": None})
        told()
    del model
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    return given, place


def score(items: list[dict[str, Any]], answers: list[dict[str, Any]], reward: Callable[..., Any]) -> None:
    loop = Loop()
    for item, given in zip(items, answers):
        if item["truth"] is None:
            continue
        scored = score_row(reward, loop, {"index": item["row"], "data_source": item["source"], "solution": given["text"],
                                          "truth": item["truth"], "extra_info": item["extra"]}, REWARD_SECONDS)
        given["score"] = scored["score"]
        if scored["failure"] is not None:
            finding(scored["failure"]["code"], "warning", **scored["failure"]["params"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trained", type=Path, required=True)
    parser.add_argument("--base", type=Path)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--max-new-tokens", type=int, default=512)
    parser.add_argument("--device", choices=["auto", "cpu"], default="auto")
    parser.add_argument("--reward-file", type=Path)
    parser.add_argument("--reward-name", default="compute_score")
    options = parser.parse_args()
    items = read_items(json.loads(options.questions.read_text(encoding="utf-8")), options.data)
    models = {"base": options.base, "trained": options.trained}
    if options.base is None or not options.base.is_dir():
        finding("ASK_NO_BASE", "warning", model=str(options.base or ""))
        models["base"] = None
    done, total = 0, len(items) * sum(folder is not None for folder in models.values())
    progress(0, total, "items")

    def told() -> None:
        nonlocal done
        done += 1
        progress(done, total, "items")

    given: dict[str, list[dict[str, Any]]] = {}
    place = "cpu"
    for name, folder in models.items():
        if folder is not None:
            given[name], place = ask(folder, items, options.max_new_tokens, options.device, told)
    if any(item["truth"] is not None for item in items):
        reward = choose_reward(options.reward_file, options.reward_name)
        for answers in given.values():
            score(items, answers, reward)
    plain = lambda truth: truth if truth is None or isinstance(truth, str) else json.dumps(truth, default=str)
    result({"device": place, "answers": [
        {"row": item["row"], "question": words(item["messages"][-1]["content"]), "truth": plain(item["truth"]),
         **{name: given[name][index] if name in given else None for name in models}}
        for index, item in enumerate(items)]})


if __name__ == "__main__":
    main()
