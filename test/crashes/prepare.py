"""Model, tokenizer and data that the crashes are made with, good ones and broken ones.

    python prepare.py FOLDER [model-newer]      (the Python of an environment with verl; with a second word only
                                                that model, as this environment's transformers writes it)
"""
from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pandas as pd
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

WORDS = [*"0123456789+=?#", "What", "is", "user", "assistant", "<unk>", "<pad>", "<end>"]
TEMPLATE = "{% for m in messages %}{{ m['role'] }} {{ m['content'] }}<end>{% endfor %}assistant "


def make_model(folder: Path) -> None:
    words = models.WordLevel({word: at for at, word in enumerate(WORDS)}, unk_token="<unk>")
    core = Tokenizer(words)
    core.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=core, unk_token="<unk>", pad_token="<pad>", eos_token="<end>", chat_template=TEMPLATE
    )
    config = Qwen2Config(
        vocab_size=len(WORDS),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    Qwen2ForCausalLM(config).to(torch.float32).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def break_models(good: Path) -> None:
    def copy(name: str) -> Path:
        return Path(shutil.copytree(good, good.parent / name))

    cut = copy("model-cut") / "model.safetensors"
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    unknown = copy("model-unknown") / "config.json"
    unknown.write_text(json.dumps({**json.loads(unknown.read_text()), "model_type": "qwen9_moe", "architectures": ["Qwen9"]}))
    bare = copy("model-no-template")
    (bare / "chat_template.jinja").unlink(missing_ok=True)
    settings = bare / "tokenizer_config.json"
    settings.write_text(json.dumps({k: v for k, v in json.loads(settings.read_text()).items() if k != "chat_template"}))
    nan = copy("model-nan")
    model = Qwen2ForCausalLM.from_pretrained(nan)
    with torch.no_grad():
        model.model.norm.weight.fill_(float("nan"))
    model.save_pretrained(nan)


def rows(count: int, question: str = "What is 1 + 1 ?") -> list[dict[str, object]]:
    return [
        {
            "data_source": "openai/gsm8k",
            "prompt": [{"role": "user", "content": question}],
            "ability": "math",
            "reward_model": {"style": "rule", "ground_truth": "2"},
            "extra_info": {"index": at},
        }
        for at in range(count)
    ]


def make_data(folder: Path) -> None:
    folder.mkdir()

    def write(name: str, table: pd.DataFrame) -> Path:
        table.to_parquet(folder / name)
        return folder / name

    good = write("train.parquet", pd.DataFrame(rows(64)))
    write("few.parquet", pd.DataFrame(rows(4)))
    write("long.parquet", pd.DataFrame(rows(64, "1 + " * 400)))
    write("no-prompt.parquet", pd.DataFrame(rows(64)).rename(columns={"prompt": "question"}))
    (folder / "cut.parquet").write_bytes(good.read_bytes()[:-200])
    (folder / "text.parquet").write_text('{"question": "1+1", "answer": "2"}\n' * 10)


if __name__ == "__main__":
    home = Path(sys.argv[1])
    home.mkdir(parents=True, exist_ok=True)
    make_model(home / (sys.argv[2] if len(sys.argv) > 2 else "model"))
    if len(sys.argv) == 2:
        break_models(home / "model")
        make_data(home / "data")
