"""What the transformers-based scripts share: silence, and sampling from a model."""
from __future__ import annotations

import os
import warnings
from typing import Any

# Must be set before torch, transformers, datasets or trl are imported.
QUIET = {
    # libgomp threads spin while they wait, which starves everything else on a machine of few cores.
    "OMP_WAIT_POLICY": "PASSIVE",
    "HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TRANSFORMERS_VERBOSITY": "error", "DATASETS_VERBOSITY": "error", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "TOKENIZERS_PARALLELISM": "false", "WANDB_DISABLED": "true", "WANDB_MODE": "disabled",
    "TRL_EXPERIMENTAL_SILENCE": "1",
}


def quiet() -> None:
    """Offline, no reporting, no progress bars, no warnings that nobody can act on."""
    for key, value in QUIET.items():
        os.environ.setdefault(key, value)
    warnings.filterwarnings("ignore")


def render(tokenizer: Any, messages: list[dict[str, str]]) -> str:
    """The prompt text the model sees, with the opening of its own turn."""
    return tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)


def sample(model: Any, tokenizer: Any, prompts: list[str], copies: int, max_new_tokens: int,
           temperature: float = 1.0) -> list[list[str]]:
    """Draw `copies` completions for each rendered prompt: result[prompt][copy], special tokens removed.

    Temperature 0 takes the likeliest token each time (then one copy is all there is). Uses torch's global random state; the model is left in the mode it was in.
    """
    import torch

    was_training = model.training
    model.eval()
    tokenizer.padding_side = "left"  # generation continues at the right end
    batch = tokenizer(prompts, return_tensors="pt", padding=True, add_special_tokens=False).to(model.device)
    batch.pop("token_type_ids", None)  # transformers 4 makes them for tokenizers of no class, and models refuse them
    choice = {"do_sample": True, "temperature": temperature, "top_k": 0, "top_p": 1.0} if temperature else {"do_sample": False}
    with torch.no_grad():
        output = model.generate(
            **batch, **choice, num_return_sequences=copies, max_new_tokens=max_new_tokens,
            pad_token_id=tokenizer.pad_token_id)
    model.train(was_training)
    texts = tokenizer.batch_decode(output[:, batch["input_ids"].shape[1]:], skip_special_tokens=True)
    return [texts[start:start + copies] for start in range(0, len(texts), copies)]
