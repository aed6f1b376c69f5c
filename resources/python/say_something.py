"""Loads a model that is here and lets it answer once (needs torch, transformers).

    python say_something.py --model DIR --prompt TEXT [--max-new-tokens 64] [--device auto|cpu]

Offline, safetensors only, none of the model's own code. On a card that this torch has code for and the weights fit
on, else in main memory. The likeliest token each time, so that the same question has the same answer.
Result: {"text", "device", "dtype", "tokens", "seconds"}.
"""
from __future__ import annotations

import argparse
import contextlib
import time
from pathlib import Path
from typing import Any

from hf_common import quiet
from launchpad_events import fail, finding, progress, result

quiet()
import torch
import transformers
from transformers import AutoModelForCausalLM, AutoTokenizer

from probe_cards import describe, has_code

# Beside the weights: the CUDA context, activations of one short text, the cache of its keys and values.
ROOM = 1_000_000_000


def card_dtype(capability: tuple[int, int]) -> Any:
    """The plan's rule: bfloat16 needs compute capability 8.0, float16 7.0; below that only float32 is sound."""
    return torch.bfloat16 if capability >= (8, 0) else torch.float16 if capability >= (7, 0) else torch.float32


def count_parameters(model: Path) -> int:
    """From the headers of the weights, without reading them."""
    from safetensors import safe_open
    total = 0
    for file in sorted(model.glob("*.safetensors")):
        with safe_open(file, framework="pt") as tensors:
            for name in tensors.keys():
                size = 1
                for edge in tensors.get_slice(name).get_shape():
                    size *= edge
                total += size
    return total


def choose_card(parameters: int) -> int | None:
    """The card with most free memory, if it can be used; a finding says why none is."""
    if not torch.cuda.is_available():
        return None
    try:
        return roomiest_card(parameters)
    except RuntimeError as problem:  # a card that is broken, or held by somebody alone
        finding("SAY_CARD_FAILED", "warning", gpu="CUDA", error=describe(problem)[:300])
        return None


def roomiest_card(parameters: int) -> int | None:
    free = {index: torch.cuda.mem_get_info(index)[0] for index in range(torch.cuda.device_count())}
    index = max(free, key=lambda one: free[one])
    capability, name = torch.cuda.get_device_capability(index), torch.cuda.get_device_name(index)
    if not has_code(torch.cuda.get_arch_list(), capability):
        finding("SAY_CARD_NO_CODE", "warning", gpu=name, capability=f"{capability[0]}.{capability[1]}")
        return None
    needs = parameters * card_dtype(capability).itemsize + ROOM
    if free[index] < needs:
        finding("SAY_CARD_FULL", "info", gpu=name, needs=needs, has=free[index])
        return None
    return index


def free_memory() -> int | None:
    """Bytes of main memory that can be had without swapping; None where the system does not say."""
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return None


def cpu_dtype(model: Path, parameters: int) -> Any:
    """float32, which every processor computes fast; bfloat16 where that does not fit."""
    free = free_memory()
    for dtype in (torch.float32, torch.bfloat16):
        if free is None or parameters * dtype.itemsize + ROOM <= free:
            return dtype
    fail("MODEL_NO_MEMORY", model=str(model), neededBytes=parameters * 2 + ROOM, freeBytes=free)


def load(model: Path, device: str, dtype: Any) -> Any:
    """The model on the device; MODEL_WEIGHTS_BAD when a weight is missing, which transformers would make up."""
    name = "dtype" if int(transformers.__version__.split(".")[0]) >= 5 else "torch_dtype"
    loaded, info = AutoModelForCausalLM.from_pretrained(
        model, local_files_only=True, trust_remote_code=False, use_safetensors=True, output_loading_info=True, **{name: dtype})
    if info["missing_keys"]:
        fail("MODEL_WEIGHTS_BAD", file=str(model), detail=f"no weights for {sorted(info['missing_keys'])[0]}")
    return loaded.to(device).eval()


def question(tokenizer: Any, model: Path, prompt: str) -> str:
    """The prompt in the model's own template; as it is, with a finding, where it has none that works."""
    if not tokenizer.chat_template:
        finding("MODEL_NO_TEMPLATE", "info", model=str(model))
        return prompt
    try:
        # An answer, not the thoughts before it: templates that know no such switch pass over it.
        return tokenizer.apply_chat_template([{"role": "user", "content": prompt}], tokenize=False,
                                             add_generation_prompt=True, enable_thinking=False)
    except Exception as problem:  # templates raise jinja2's errors and their own
        finding("MODEL_TEMPLATE_BROKEN", "warning", model=str(model), detail=describe(problem)[:300])
        return prompt


class Counter:
    """Told of each token by `generate`; the first call is the prompt."""

    def __init__(self, most: int) -> None:
        self.most, self.count = most, -1

    def put(self, _value: Any) -> None:
        self.count += 1
        progress(self.count, self.most, "tokens")

    def end(self) -> None:
        pass


def answer(model: Any, tokenizer: Any, text: str, most: int, streamer: Any = None) -> tuple[str, int]:
    """(what it says, its tokens): the likeliest token each time. `streamer` takes the place of a count of tokens."""
    # The template wrote the special tokens already.
    batch = tokenizer(text, return_tensors="pt", add_special_tokens=not tokenizer.chat_template).to(model.device)
    batch.pop("token_type_ids", None)  # some tokenizers make them, and Llama-like models refuse them
    pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
    with torch.no_grad():
        output = model.generate(**batch, do_sample=False, temperature=None, top_p=None, top_k=None, num_beams=1,
                                max_new_tokens=most, pad_token_id=pad, streamer=streamer or Counter(most))
    said = output[0, batch["input_ids"].shape[1]:]
    return tokenizer.decode(said, skip_special_tokens=True).strip(), len(said)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--prompt", required=True)
    parser.add_argument("--max-new-tokens", type=int, default=64)
    parser.add_argument("--device", choices=["auto", "cpu"], default="auto")
    options = parser.parse_args()
    started = time.monotonic()
    try:
        tokenizer = AutoTokenizer.from_pretrained(options.model, local_files_only=True, trust_remote_code=False)
        parameters = count_parameters(options.model)
    except Exception as problem:  # whatever the libraries raise for files that are not what they should be
        fail("MODEL_CONFIG_BAD", file=str(options.model), detail=describe(problem)[:300])
    text = question(tokenizer, options.model, options.prompt)

    def say(device: str, dtype: Any) -> tuple[str, int]:
        print(f"loading {parameters:,} parameters as {dtype} on {device}", flush=True)
        try:
            model = load(options.model, device, dtype)
        except (OSError, ValueError, KeyError, ImportError) as problem:
            fail("MODEL_WEIGHTS_BAD", file=str(options.model), detail=describe(problem)[:300])
        return answer(model, tokenizer, text, options.max_new_tokens)

    card = choose_card(parameters) if options.device == "auto" else None
    said, device, dtype = None, "cpu", None
    if card is not None:
        device, dtype = torch.cuda.get_device_name(card), card_dtype(torch.cuda.get_device_capability(card))
        try:
            said = say(f"cuda:{card}", dtype)
        except RuntimeError as problem:  # out of memory after all, a broken driver: main memory still works
            finding("SAY_CARD_FAILED", "warning", gpu=device, error=describe(problem)[:300])
            with contextlib.suppress(RuntimeError):
                torch.cuda.empty_cache()
    if said is None:
        device, dtype = "cpu", cpu_dtype(options.model, parameters)
        said = say("cpu", dtype)
    result({"text": said[0], "tokens": said[1], "device": device, "dtype": str(dtype).removeprefix("torch."),
            "seconds": round(time.monotonic() - started, 1)})


if __name__ == "__main__":
    main()
