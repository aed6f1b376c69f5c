"""Makes a model in Hugging Face's format of a checkpoint (verl's FSDP folders need verl; TRL's need nothing).

    python merge_checkpoint.py --checkpoint .../global_step_N --out DIR [--base DIR] [--lora-alpha N]

DIR is new or empty. verl: its own `verl.model_merger` joins the shards, always as bfloat16 (fsdp_model_merger.py,
_load_and_merge_state_dicts). Of a LoRA training it writes the untouched base weights and an adapter whose lora_alpha
is 0 where the checkpoint does not say it; here the adapter gets what it was trained with and is added to the weights,
so that DIR is the trained model and DIR/lora_adapter the adapter alone. TRL: the weights are copied as they are.
Result: {"format": "verl"|"hf", "dtype", "adapter", "alpha", "verl", "files", "bytes"}.
Errors: CHECKPOINT_BROKEN (path, detail), MERGE_FAILED (detail).
"""
from __future__ import annotations

import argparse
import json
import shutil
import struct
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any, NoReturn

from hf_common import quiet
from launchpad_events import fail, finding, progress, result

# What belongs to a model; optimizers, schedulers and random states stay behind.
MODEL_FILES = ("*.safetensors", "*.safetensors.index.json", "config.json", "generation_config.json", "tokenizer*",
               "special_tokens_map.json", "added_tokens.json", "vocab.*", "merges.txt", "chat_template*", "*processor*.json",
               "spiece.model", "sentencepiece*.model")
# What a model needs beside its weights to be used; the merger may have left it out.
COMPANIONS = ("generation_config.json", "tokenizer*", "special_tokens_map.json", "added_tokens.json", "vocab.*",
              "merges.txt", "chat_template*")


def broken(path: Path, detail: str) -> NoReturn:
    fail("CHECKPOINT_BROKEN", path=str(path), detail=detail)


def read_json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        broken(file, f"{type(problem).__name__}: {problem}")


def copy_model(source: Path, out: Path, patterns: tuple[str, ...], replace: bool) -> None:
    for pattern in patterns:
        for file in sorted(source.glob(pattern)):
            if file.is_file() and (replace or not (out / file.name).exists()):
                shutil.copyfile(file, out / file.name)


def weights_dtype(folder: Path) -> str | None:
    """The type most of the weights have, from the headers (https://huggingface.co/docs/safetensors: 8 bytes of length, JSON)."""
    counts: dict[str, int] = {}
    for file in sorted(folder.glob("*.safetensors")):
        with file.open("rb") as data:
            header = json.loads(data.read(struct.unpack("<Q", data.read(8))[0]))
        for name, entry in header.items():
            if name != "__metadata__":
                counts[entry["dtype"]] = counts.get(entry["dtype"], 0) + entry["data_offsets"][1] - entry["data_offsets"][0]
    names = {"BF16": "bfloat16", "F16": "float16", "F32": "float32"}
    most = max(counts, key=lambda name: counts[name]) if counts else None
    return None if most is None else names.get(most, most)


def check_shards(actor: Path) -> int:
    """Every rank's file is there; the number of ranks."""
    size = read_json(actor / "fsdp_config.json").get("world_size")
    if not isinstance(size, int) or size < 1:
        broken(actor / "fsdp_config.json", "it names no world_size")
    for rank in range(size):
        file = actor / f"model_world_size_{size}_rank_{rank}.pt"
        if not file.is_file():
            broken(file, "it is missing")
    if not (actor / "huggingface" / "config.json").is_file():
        broken(actor / "huggingface", "it has no config.json")
    return size


def run_merger(actor: Path, out: Path) -> None:
    """verl's own, as its documentation calls it; MERGE_FAILED with its last words."""
    argv = [sys.executable, "-m", "verl.model_merger", "merge", "--backend", "fsdp",
            "--local_dir", str(actor), "--target_dir", str(out)]
    # In a folder without Python files: -m puts the current one on the path.
    merger = subprocess.Popen(argv, cwd=out, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    lines: list[str] = []
    assert merger.stdout is not None
    for line in merger.stdout:
        print(line, end="", flush=True)
        lines.append(line.strip())
    if merger.wait() != 0:
        said = [line for line in lines if line]
        if any("PytorchStreamReader" in line or "EOFError" in line or "UnpicklingError" in line for line in said):
            broken(actor, said[-1][:300])
        fail("MERGE_FAILED", detail=(said[-1] if said else f"exit code {merger.returncode}")[:400])


def adapter_config(actor: Path, made: Path, alpha: float | None) -> dict[str, Any]:
    """The merger's adapter with what training knew: verl <= 0.6 saves lora_adapter/, 0.9 lora_train_meta.json."""
    config = read_json(made / "adapter_config.json")
    saved = actor / "lora_adapter" / "adapter_config.json"
    meta = actor / "lora_train_meta.json"
    if saved.is_file():
        config = read_json(saved)
    elif meta.is_file():
        config["lora_alpha"] = read_json(meta).get("lora_alpha") or config.get("lora_alpha")
    if not config.get("lora_alpha"):
        config["lora_alpha"] = alpha
    if not config["lora_alpha"]:
        fail("MERGE_FAILED", detail="lora_alpha is nowhere in the checkpoint, and without it the adapter has no effect")
    return config


def add_adapter(actor: Path, out: Path, alpha: float | None) -> float:
    """Adds the adapter to the weights in `out`; out/lora_adapter stays. Returns its lora_alpha."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM
    import transformers

    made = out / "lora_adapter"
    config = adapter_config(actor, made, alpha)
    # Exact, where the merger's copy is rounded to bfloat16.
    if (actor / "lora_adapter" / "adapter_model.safetensors").is_file():
        shutil.copyfile(actor / "lora_adapter" / "adapter_model.safetensors", made / "adapter_model.safetensors")
    (made / "adapter_config.json").write_text(json.dumps(config, indent=2, ensure_ascii=False), encoding="utf-8")
    name = "dtype" if int(transformers.__version__.split(".")[0]) >= 5 else "torch_dtype"
    model = AutoModelForCausalLM.from_pretrained(out, local_files_only=True, **{name: torch.float32})
    merged = PeftModel.from_pretrained(model, str(made)).merge_and_unload(safe_merge=True).to(torch.bfloat16)
    for file in [*out.glob("*.safetensors"), *out.glob("*.safetensors.index.json")]:
        file.unlink()
    merged.save_pretrained(out)
    return float(config["lora_alpha"])


def from_verl(actor: Path, out: Path, base: Path | None, alpha: float | None) -> dict[str, Any]:
    world = check_shards(actor)
    progress(0, 3, "items", f"{world} x model_world_size_{world}")
    run_merger(actor, out)
    if not list(out.glob("*.safetensors")):
        fail("MERGE_FAILED", detail="verl.model_merger wrote no weights")
    progress(1, 3, "items")
    adapter = (out / "lora_adapter").is_dir()
    used = add_adapter(actor, out, alpha) if adapter else None
    progress(2, 3, "items")
    for source in (actor / "huggingface", base):
        if source is not None:
            copy_model(source, out, COMPANIONS, replace=False)
    finding("MODEL_SAVED_BF16", "info", model=str(out))
    return {"format": "verl", "adapter": adapter, "alpha": used, "verl": metadata.version("verl")}


def from_trl(folder: Path, out: Path, base: Path | None) -> dict[str, Any]:
    if not (folder / "config.json").is_file() or not list(folder.glob("*.safetensors")):
        broken(folder, "it has no config.json or no weights")
    copy_model(folder, out, MODEL_FILES, replace=True)
    if base is not None:
        copy_model(base, out, COMPANIONS, replace=False)
    return {"format": "hf", "adapter": False, "alpha": None, "verl": None}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--base", type=Path, help="the model that was trained; what the checkpoint lacks is taken from it")
    parser.add_argument("--lora-alpha", type=float, help="what the training was given, for a checkpoint that does not say it")
    options = parser.parse_args()
    quiet()
    checkpoint, out = options.checkpoint.absolute(), options.out.absolute()
    base = options.base if options.base is not None and options.base.is_dir() else None
    if not checkpoint.is_dir():
        broken(checkpoint, "it is not there")
    out.mkdir(parents=True, exist_ok=True)
    if (checkpoint / "actor").is_dir():
        made = from_verl(checkpoint / "actor", out, base, options.lora_alpha)
    else:
        inner = checkpoint / "model"
        made = from_trl(inner if inner.is_dir() else checkpoint, out, base)
    files = [file for file in out.rglob("*") if file.is_file()]
    progress(3, 3, "items")
    result({**made, "dtype": weights_dtype(out), "files": len(files), "bytes": sum(file.stat().st_size for file in files)})


if __name__ == "__main__":
    main()
