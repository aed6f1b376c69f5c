"""Makes a tiny Qwen2 model that can practise GRPO on this machine (needs torch, transformers, pyarrow).

    python make_practice_model.py --train train.parquet --out DIR --seed 7

A byte-level BPE tokenizer is trained on the rows, then a model of about a
million parameters gets a short supervised warm-up on extra_info.answer. Without
it every sampled answer scores 0, all advantages are 0 and GRPO learns nothing.
The amount of work is counted in tokens, never in seconds, so the same seed and
rows give the same model on the same machine.
"""
from __future__ import annotations

import argparse
import math
import os
import random
import shutil
import tempfile
from pathlib import Path
from typing import Any

from gsm8k_reward import compute_score
from hf_common import quiet, render, sample
from launchpad_events import fail, progress, result

quiet()

VOCABULARY = 2048  # an upper bound; few words need fewer
END, START, TEXT_END = "<|im_end|>", "<|im_start|>", "<|endoftext|>"
MAX_ROWS, MAX_TOKENS = 2000, 320  # rows and row length the warm-up uses, so that long data keeps the time
BATCH = 16
WARMUP_TOKENS = 670_000  # of the whole warm-up: 400 steps on the practice problems, about a minute on two cores
STEPS_BOUNDS = (40, 400)
WORKED_STEPS = 200  # with fewer a model this small does not learn worked answers, only last lines
BY_HEART_ROWS, BY_HEART_STEPS = 200, 220
LEARNING_RATE = 3e-3
PROBE_PROMPTS, PROBE_COPIES = 24, 8
SOFTENING = (1.0, 1.15, 1.15, 1.15)  # factors applied in turn until samples score at most TARGET_REWARD
TARGET_REWARD = 0.45

# Qwen2's own pattern. transformers 5 loads every qwen2 folder as Qwen2Tokenizer and puts this in place of what
# tokenizer.json says (5.23.0, models/qwen2/tokenization_qwen2.py): with another one training and use would differ.
QWEN2_SPLIT = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
               r"|\s*[\r\n]+|\s+(?!\S)|\s+")

# ChatML as Qwen2.5-Instruct renders it, without tools and with a shorter default system turn.
CHAT_TEMPLATE = (
    "{%- if messages[0]['role'] != 'system' %}{{- '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}{%- endif %}"
    "{%- for message in messages %}"
    "{{- '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
    "{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"
)


def load_rows(path: str, limit: int) -> list[dict[str, Any]]:
    """Rows with messages, worked answer and ground truth; a clear error instead of a traceback."""
    from pyarrow import ArrowException

    from verl_data import read_rows

    try:
        rows = read_rows(path, limit)
        if not rows:
            fail("NO_ROWS", path=path)
        return [{"messages": row["prompt"], "answer": row["extra_info"]["answer"], "source": row["data_source"],
                 "truth": row["reward_model"]["ground_truth"]} for row in rows]
    except (OSError, ArrowException) as problem:
        fail("CANNOT_READ", path=path, reason=str(problem))
    except (KeyError, TypeError) as problem:
        fail("BAD_COLUMNS", path=path, reason=repr(problem))


def make_tokenizer(rows: list[dict[str, Any]]) -> Any:
    """Byte-level BPE over the rendered texts, digits one by one (numbers must be composed, not memorised)."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.normalizer = normalizers.NFC()
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(QWEN2_SPLIT), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    bpe.decoder = decoders.ByteLevel()
    texts = (text for row in rows for text in
             ("system\nYou are a helpful assistant.", "assistant\n", row["answer"],
              *(message["role"] + "\n" + message["content"] for message in row["messages"])))
    bpe.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=VOCABULARY, min_frequency=2, special_tokens=[TEXT_END, START, END], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bpe, eos_token=END, pad_token=TEXT_END, additional_special_tokens=[START],
        model_max_length=2048, clean_up_tokenization_spaces=False)
    tokenizer.chat_template = CHAT_TEMPLATE
    return tokenizer


def make_model(tokenizer: Any) -> Any:
    """A Qwen2 of about a million parameters with random weights."""
    from transformers import GenerationConfig, Qwen2Config, Qwen2ForCausalLM

    end, pad = tokenizer.eos_token_id, tokenizer.pad_token_id
    model = Qwen2ForCausalLM(Qwen2Config(
        vocab_size=len(tokenizer), hidden_size=160, intermediate_size=512, num_hidden_layers=3,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=2048, tie_word_embeddings=True,
        bos_token_id=pad, eos_token_id=end, pad_token_id=pad, use_sliding_window=False))
    model.generation_config = GenerationConfig(
        do_sample=True, temperature=1.0, bos_token_id=pad, eos_token_id=[end, pad], pad_token_id=pad)
    return model


def encode(tokenizer: Any, rows: list[dict[str, Any]]) -> list[tuple[list[int], int]]:
    """(token ids of prompt + answer + <|im_end|>, prompt length) of every row that is short enough."""
    coded = []
    for row in rows:
        prompt = tokenizer(render(tokenizer, row["messages"]), add_special_tokens=False)["input_ids"]
        answer = tokenizer(row["answer"] + END, add_special_tokens=False)["input_ids"]
        if len(prompt) + len(answer) <= MAX_TOKENS:
            coded.append((prompt + answer, len(prompt)))
    return coded


def make_batch(part: list[tuple[list[int], int]], pad: int) -> tuple[Any, Any]:
    """Right-padded ids and labels, both [rows, longest]; only answers are learnt (-100 elsewhere)."""
    import torch

    width = max(len(ids) for ids, _ in part)
    ids = torch.full((len(part), width), pad)
    labels = torch.full((len(part), width), -100)
    for index, (row, prompt) in enumerate(part):
        ids[index, :len(row)] = torch.tensor(row)
        labels[index, prompt:len(row)] = torch.tensor(row[prompt:])
    return ids, labels


def plan_steps(coded: list[tuple[list[int], int]]) -> int:
    """Warm-up steps that fit into WARMUP_TOKENS for rows of this length."""
    mean = sum(len(ids) for ids, _ in coded) / len(coded)
    low, high = STEPS_BOUNDS
    return max(low, min(high, int(WARMUP_TOKENS / (mean * BATCH))))


def last_lines(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Few rows with "#### N" alone as answer: what a tiny model can still learn, by heart, when rows are long."""
    return [{**row, "answer": row["answer"].splitlines()[-1]} for row in rows[:BY_HEART_ROWS]]


def warm_up(model: Any, coded: list[tuple[list[int], int]], steps: int, pad: int, chance: random.Random) -> dict[str, float | None]:
    """Supervised steps over shuffled passes; returns the mean loss of the first and last ten steps."""
    import torch

    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=0.01, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / 20) * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * step / max(1, steps)))))
    model.train()
    losses: list[float] = []
    queue: list[tuple[list[int], int]] = []
    for step in range(1, steps + 1):
        if len(queue) < BATCH:
            queue = chance.sample(coded, len(coded))
        part, queue = queue[:BATCH], queue[BATCH:]
        ids, labels = make_batch(part, pad)
        # Right padding with causal attention: no real token sees a pad, so no mask is needed.
        loss = model(input_ids=ids, labels=labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        losses.append(loss.item())
        progress(step, steps, "steps", "warm-up")
        if step % 50 == 0 or step == steps:
            print(f"warm-up {step}/{steps}  loss {losses[-1]:.3f}", flush=True)
    head, tail = losses[:10], losses[-10:]
    return {"first": sum(head) / len(head) if head else None, "last": sum(tail) / len(tail) if tail else None}


def probe(model: Any, tokenizer: Any, rows: list[dict[str, Any]], chance: random.Random) -> dict[str, float]:
    """Mean reward of samples at temperature 1 on train rows, and the share of groups that are neither all right nor all wrong."""
    chosen = chance.sample(rows, min(PROBE_PROMPTS, len(rows)))
    length = min(MAX_TOKENS, max(len(tokenizer(row["answer"])["input_ids"]) for row in chosen) + 8)
    groups = sample(model, tokenizer, [render(tokenizer, row["messages"]) for row in chosen], PROBE_COPIES, length)
    scores = [[compute_score(row["source"], text, row["truth"]) for text in group] for row, group in zip(chosen, groups)]
    print("sample: " + repr(groups[0][0]), flush=True)
    return {"mean": sum(map(sum, scores)) / (len(scores) * PROBE_COPIES),
            "mixedGroups": sum(len(set(group)) > 1 for group in scores) / len(scores)}


def soften(model: Any, tokenizer: Any, rows: list[dict[str, Any]], seed: int) -> dict[str, float]:
    """Make the model unsure where it is too good, and return the last probe.

    Dividing the final norm's weight by t is sampling at temperature t, kept in
    the weights: the likeliest answer stays, samples miss it more often, and
    sharpening it again is something GRPO achieves in a dozen steps.
    """
    import torch

    reward = {"mean": 0.0, "mixedGroups": 0.0}
    for factor in SOFTENING:
        with torch.no_grad():
            model.model.norm.weight.div_(factor)
        torch.manual_seed(seed)
        reward = probe(model, tokenizer, rows, random.Random(seed))
        print(f"mean sampled reward {reward['mean']:.3f}, mixed groups {reward['mixedGroups']:.2f}", flush=True)
        if reward["mean"] <= TARGET_REWARD:
            break
    return reward


def save(model: Any, tokenizer: Any, out: Path) -> None:
    """Write the Hugging Face layout beside `out`, then move it there in one step."""
    out.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=out.name + ".", dir=out.parent))
    try:
        temporary.chmod(0o755)
        model.save_pretrained(temporary)
        tokenizer.save_pretrained(temporary)
        os.rename(temporary, out)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--train", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--warmup-steps", type=int, help="instead of the number planned from the rows' length")
    parser.add_argument("--warmup-rows", type=int, default=MAX_ROWS, help="use at most this many rows")
    options = parser.parse_args()
    if options.out.exists():
        fail("OUT_EXISTS", path=str(options.out))
    rows = load_rows(options.train, min(MAX_ROWS, max(1, options.warmup_rows)))
    print("importing torch and transformers", flush=True)
    import torch

    torch.manual_seed(options.seed)
    chance = random.Random(options.seed)
    tokenizer = make_tokenizer(rows)
    model = make_model(tokenizer)
    coded = encode(tokenizer, rows)
    steps = plan_steps(coded) if coded else 0
    if coded and steps < WORKED_STEPS:
        rows = last_lines(rows)
        coded, steps = encode(tokenizer, rows), BY_HEART_STEPS
    if not coded:
        fail("ROWS_TOO_LONG", path=options.train, maxTokens=MAX_TOKENS)
    if options.warmup_steps is not None:
        steps = max(0, options.warmup_steps)
    print(f"{model.num_parameters():,} parameters, {len(tokenizer)} tokens, {len(coded)} of {len(rows)} rows, {steps} steps", flush=True)
    loss = warm_up(model, coded, steps, tokenizer.pad_token_id, chance)
    reward = soften(model, tokenizer, rows, options.seed)
    try:
        save(model, tokenizer, options.out)
    except OSError as error:
        fail("CANNOT_WRITE", path=str(options.out), reason=str(error))
    result({"parameters": model.num_parameters(), "vocabulary": len(tokenizer), "warmupSteps": steps, "loss": loss,
            "sampleReward": reward["mean"], "mixedGroups": reward["mixedGroups"]})


if __name__ == "__main__":
    main()
