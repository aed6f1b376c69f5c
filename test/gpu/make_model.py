"""A small Qwen2 that has read GSM8K's train rows a few times, so that some of its answers are right (needs torch, a GPU).

    python make_model.py --train train.parquet --out DIR [--passes 24]

Without that every score would be 0 and GRPO would have nothing to learn from. It has about 30 million parameters and a
tokenizer of its own. What it solves it mostly knows by heart: enough to see a reward rise, no claim about mathematics.
"""
from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "resources" / "python"))
import make_practice_model as practice

BATCH = 64
RATE = 1e-3


def shape(tokenizer: Any) -> Any:
    from transformers import GenerationConfig, Qwen2Config, Qwen2ForCausalLM

    end, pad = tokenizer.eos_token_id, tokenizer.pad_token_id
    model = Qwen2ForCausalLM(Qwen2Config(
        vocab_size=len(tokenizer), hidden_size=512, intermediate_size=1536, num_hidden_layers=8, num_attention_heads=8,
        num_key_value_heads=2, max_position_embeddings=2048, tie_word_embeddings=True, bos_token_id=pad,
        eos_token_id=end, pad_token_id=pad, use_sliding_window=False))
    model.generation_config = GenerationConfig(
        do_sample=True, temperature=1.0, bos_token_id=pad, eos_token_id=[end, pad], pad_token_id=pad)
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--train", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--passes", type=int, default=24)
    parser.add_argument("--rows", type=int, default=100_000)
    options = parser.parse_args()
    import torch

    torch.manual_seed(1)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    practice.VOCABULARY, practice.MAX_TOKENS = 8192, 640
    rows = practice.load_rows(options.train, options.rows)
    tokenizer = practice.make_tokenizer(rows)
    model = shape(tokenizer).to(device)
    coded = practice.encode(tokenizer, rows)
    steps = max(1, options.passes * len(coded) // BATCH)
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.01, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps, pct_start=0.05)
    chance, queue, begun = random.Random(1), [], time.monotonic()
    for step in range(1, steps + 1):
        if len(queue) < BATCH:
            queue = chance.sample(coded, len(coded))
        part, queue = queue[:BATCH], queue[BATCH:]
        ids, labels = (tensor.to(device) for tensor in practice.make_batch(part, tokenizer.pad_token_id))
        with torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):
            loss = model(input_ids=ids, labels=labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        if step % 200 == 0 or step == steps:
            print(f"{step}/{steps}  loss {loss.item():.3f}  {time.monotonic() - begun:.0f} s", flush=True)
    torch.manual_seed(1)
    reward = practice.probe(model, tokenizer, rows, random.Random(1))
    print(f"{model.num_parameters():,} parameters; sampled reward on train rows {reward}", flush=True)
    practice.save(model, tokenizer, options.out)


if __name__ == "__main__":
    main()
