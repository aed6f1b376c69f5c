"""GRPO with TRL on verl's parquet, for machines and practice runs without verl (torch, transformers, trl, datasets).

    python train_trl.py --model DIR --train P --val P --output DIR --metrics FILE

Talks like verl, so that one reader serves both: metric lines `step:N - k:v` on
the terminal, {"step", "data"} lines in --metrics with verl's names where the
meaning is the same (anything else under trl/), rollout dumps with verl's fields.
An interrupt saves the model and exits with 130.
"""
from __future__ import annotations

print("\033[36m[launchpad]\033[0m importing", flush=True)  # a sign of life before seconds of imports

import argparse
import json
import math
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gsm8k_reward import compute_score
from hf_common import quiet, render, sample

quiet()
import psutil
import torch
from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoTokenizer, PrinterCallback, TrainerCallback
from trl import GRPOConfig, GRPOTrainer

from verl_data import read_rows

GIB = 1 << 30
VAL_ROWS = 32
TRACKER = "latest_checkpointed_iteration.txt"  # verl/trainer/ppo/ray_trainer.py, _save_checkpoint
SHOWN = 2  # samples printed before and after
# TRL 1.16 (trl/trainer/grpo_trainer.py) -> verl (verl/trainer/ppo/metric_utils.py, verl/workers/actor/dp_actor.py).
VERL_NAMES = {
    "reward": ["critic/rewards/mean", "critic/score/mean"],
    "completions/mean_length": ["response_length/mean"],
    "completions/max_length": ["response_length/max"],
    "completions/min_length": ["response_length/min"],
    "completions/clipped_ratio": ["response_length/clip_ratio"],
    "kl": ["actor/kl_loss"],
    "entropy": ["actor/entropy"],
    "loss": ["actor/loss"],  # policy loss + beta * KL; verl's actor/pg_loss is the first part alone
    "grad_norm": ["actor/grad_norm"],
    "learning_rate": ["actor/lr"],
    "clip_ratio/region_mean": ["actor/pg_clipfrac"],
    "epoch": ["training/epoch"],
}
DROPPED = {"num_tokens", "step_time", "rewards/gsm8k/mean", "rewards/gsm8k/std"}  # told better or twice
SHOWN_METRICS = ("critic/rewards/mean", "response_length/mean", "response_length/clip_ratio", "actor/kl_loss",
                 "actor/entropy", "actor/loss", "actor/grad_norm", "actor/lr", "timing_s/step", "perf/throughput")


def say(text: str) -> None:
    """A phase marker on a line of its own."""
    print(f"\r\033[K\033[36m[launchpad]\033[0m {text}", flush=True)


def finite(value: float) -> float | None:
    """JSON knows no nan and inf; verl's orjson writes null for them as well."""
    return value if math.isfinite(value) else None


def append_json(path: Path, rows: list[dict[str, Any]]) -> None:
    """Append rows to a JSONL file, visible to readers at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a", encoding="utf-8") as file:
        file.write("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


class Reward:
    """The gsm8k rule as TRL's reward function; keeps what it saw for the step's metrics and dump."""

    __name__ = "gsm8k"  # TRL names its metrics after it

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer, self.seen = tokenizer, []

    def __call__(self, prompts: list[Any], completions: list[Any], ground_truth: list[str],
                 data_source: list[str], **_: Any) -> list[float]:
        scores = []
        for prompt, completion, truth, source in zip(prompts, completions, ground_truth, data_source):
            text = completion[0]["content"]
            scores.append(compute_score(source, text, truth))
            self.seen.append({"input": render(self.tokenizer, prompt), "output": text, "gts": truth, "score": scores[-1]})
        return scores


class Interrupt(TrainerCallback):
    """Turns SIGINT into KeyboardInterrupt, but never in the middle of a weight update."""

    def __init__(self) -> None:
        self.updating = self.wanted = False
        signal.signal(signal.SIGINT, self.handle)

    def handle(self, *_: object) -> None:
        self.wanted = True
        if not self.updating:
            raise KeyboardInterrupt

    def on_pre_optimizer_step(self, *_: Any, **__: Any) -> None:
        self.updating = True

    def on_optimizer_step(self, *_: Any, **__: Any) -> None:
        self.updating = False
        if self.wanted:
            raise KeyboardInterrupt


class Checkpoints(TrainerCallback):
    """Names checkpoints as verl does, and says when one is whole, so that one reader and one rotation serve both."""

    def __init__(self, folder: Path, validate: Callable[[int], None]) -> None:
        self.folder, self.validate = folder, validate

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        step = state.global_step
        # Before it is called whole: a stop after the next checkpoint comes right then, and it would have no score.
        self.validate(step)
        target, made = self.folder / f"global_step_{step}", Path(args.output_dir) / f"checkpoint-{step}"
        shutil.rmtree(target, ignore_errors=True)
        os.rename(made, target)
        tracker = self.folder / TRACKER
        tracker.with_suffix(".new").write_text(str(step))
        os.replace(tracker.with_suffix(".new"), tracker)
        say(f"local_global_step_folder: {target}")

    def find(self, wanted: str | None) -> Path | None:
        """The checkpoint to go on from: a path, "newest", or None."""
        if wanted != "newest":
            return Path(wanted) if wanted else None
        try:
            return self.folder / f"global_step_{int((self.folder / TRACKER).read_text())}"
        except (OSError, ValueError):
            return None


class Recorder(TrainerCallback):
    """One metrics line, one console line and one rollout dump for every optimiser step."""

    def __init__(self, options: argparse.Namespace, reward: Reward) -> None:
        self.options, self.reward = options, reward
        self.begun = self.spent = 0.0
        self.tokens = 0

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.started, self.first, self.tokens = time.perf_counter(), state.global_step, state.num_input_tokens_seen
        self.draw_bar(state)

    def on_step_begin(self, *_: Any, **__: Any) -> None:
        self.begun = time.perf_counter()

    def on_step_end(self, *_: Any, **__: Any) -> None:
        self.spent = time.perf_counter() - self.begun

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any) -> None:
        if not logs or "train_runtime" in logs:  # the summary at the end is no step
            return
        data = self.metrics(logs, state)
        append_json(Path(self.options.metrics), [{"step": state.global_step, "data": data}])
        append_json(self.options.rollouts / f"{state.global_step}.jsonl",
                    [{**row, "step": state.global_step} for row in self.reward.seen])
        self.reward.seen.clear()
        print_step(state.global_step, {name: data[name] for name in SHOWN_METRICS if data.get(name) is not None})
        self.draw_bar(state)

    def metrics(self, logs: dict[str, Any], state: Any) -> dict[str, float | None]:
        """TRL's log of one step under verl's names, with what TRL does not measure."""
        data: dict[str, float | None] = {}
        for key, value in logs.items():
            if key not in DROPPED and isinstance(value, (int, float)):
                for name in VERL_NAMES.get(key, [f"trl/{key}"]):
                    data[name] = finite(float(value))
        if not self.options.beta:
            data.update({"actor/kl_loss": 0.0, "actor/pg_loss": data.get("actor/loss")})
        scores = [row["score"] for row in self.reward.seen] or [0.0]
        tokens, self.tokens = state.num_input_tokens_seen - self.tokens, state.num_input_tokens_seen
        data.update({
            "critic/score/max": max(scores), "critic/score/min": min(scores),
            "critic/rewards/max": max(scores), "critic/rewards/min": min(scores),
            "training/global_step": state.global_step,
            "timing_s/step": self.spent, "perf/time_per_step": self.spent,
            "perf/total_num_tokens": tokens, "perf/throughput": tokens / self.spent if self.spent else None,
            "perf/cpu_memory_used_gb": psutil.virtual_memory().used / GIB,
        })
        if torch.cuda.is_available():
            data["perf/max_memory_allocated_gb"] = torch.cuda.max_memory_allocated() / GIB
            data["perf/max_memory_reserved_gb"] = torch.cuda.max_memory_reserved() / GIB
        return data

    def draw_bar(self, state: Any) -> None:
        """A bar that the next line overwrites."""
        done, total = state.global_step, state.max_steps
        gone = time.perf_counter() - self.started
        left = gone / (done - self.first) * (total - done) if done > self.first else None
        cells = 30 * done // total
        print(f"\r\033[KTraining Progress: {100 * done // total:3d}%|\033[32m{'█' * cells}\033[0m{' ' * (30 - cells)}| "
              f"{done}/{total} [{gone:.0f}s<{'?' if left is None else f'{left:.0f}s'}]", end="", flush=True)


def print_step(step: int, values: dict[str, float]) -> None:
    """verl's console line (verl/utils/logger/aggregate_logger.py): step:N - name:value - ..."""
    print("\r\033[K" + " - ".join([f"step:{step}", *(f"{name}:{value:.6g}" for name, value in values.items())]), flush=True)


def load_rows(path: str, tokenizer: Any, max_prompt_length: int) -> list[dict[str, Any]]:
    """Rows whose rendered prompt has at most max_prompt_length tokens, as TRL wants them."""
    rows = [{"prompt": row["prompt"], "ground_truth": row["reward_model"]["ground_truth"], "data_source": row["data_source"]}
            for row in read_rows(path)]
    texts = [render(tokenizer, row["prompt"]) for row in rows]
    lengths = [len(ids) for ids in tokenizer(texts, add_special_tokens=False)["input_ids"]] if texts else []
    kept = [row for row, length in zip(rows, lengths) if length <= max_prompt_length]
    say(f"{Path(path).name}: dataset len: {len(rows)}, filter dataset len: {len(kept)}")
    if not kept:
        raise SystemExit(f"error: no row of {path} has a prompt of at most {max_prompt_length} tokens")
    return kept


def validate(model: Any, tokenizer: Any, rows: list[dict[str, Any]], step: int, options: argparse.Namespace) -> None:
    """Answer some validation rows greedily, dump them to validations/{step}.jsonl and record their mean score."""
    rows = rows[:VAL_ROWS]
    inputs = [render(tokenizer, row["prompt"]) for row in rows]
    outputs = sample(model, tokenizer, inputs, 1, options.max_response_length, temperature=0)
    dump = [{"input": text, "output": output, "gts": row["ground_truth"],
             "score": compute_score(row["data_source"], output, row["ground_truth"]), "step": step}
            for text, (output,), row in zip(inputs, outputs, rows)]
    mean = sum(row["score"] for row in dump) / len(dump)
    (options.validations / f"{step}.jsonl").unlink(missing_ok=True)
    append_json(options.validations / f"{step}.jsonl", dump)
    append_json(Path(options.metrics), [{"step": step, "data": {f"val-core/{rows[0]['data_source']}/acc/mean@1": mean}}])
    for row in dump[:SHOWN]:
        print(f"\033[2m[prompt]\033[0m {row['input']}\n\033[2m[response]\033[0m {row['output']}\n"
              f"\033[2m[ground_truth]\033[0m {row['gts']}  \033[2m[score]\033[0m {row['score']}", flush=True)
    print_step(step, {f"val-core/{rows[0]['data_source']}/acc/mean@1": mean})


def save_final(model: Any, tokenizer: Any, output: Path) -> None:
    """Write output/final, replacing an older one only when the new one is whole."""
    temporary, final = output / "final.tmp", output / "final"
    shutil.rmtree(temporary, ignore_errors=True)
    model.save_pretrained(temporary)
    tokenizer.padding_side = "left"
    tokenizer.save_pretrained(temporary)
    shutil.rmtree(final, ignore_errors=True)
    os.rename(temporary, final)
    say(f"saved {final}")


def make_config(options: argparse.Namespace) -> GRPOConfig:
    """TRL's settings for these options: one generation and one update per step, nothing reported anywhere."""
    completions = options.batch_size * options.num_generations
    micro = options.micro_batch_size or completions
    if completions % micro:
        raise SystemExit(f"error: --micro-batch-size {micro} does not divide {completions} completions per step")
    cuda = torch.cuda.is_available()
    return GRPOConfig(
        output_dir=str(options.output / "trl"), max_steps=options.steps, seed=options.seed,
        per_device_train_batch_size=micro, gradient_accumulation_steps=completions // micro,
        num_generations=options.num_generations, max_completion_length=options.max_response_length,
        learning_rate=options.learning_rate, lr_scheduler_type="constant", temperature=options.temperature,
        beta=options.beta, logging_steps=1, logging_first_step=True, report_to="none", disable_tqdm=True,
        save_strategy="steps" if options.save_every else "no", save_steps=options.save_every or 500,
        use_cpu=not cuda, bf16=cuda and torch.cuda.is_bf16_supported(including_emulation=False),
        gradient_checkpointing=cuda, dataloader_pin_memory=cuda, log_level="error")


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("--model", "--train", "--val"):
        parser.add_argument(name, required=True)
    parser.add_argument("--metrics", help="where LAUNCHPAD_METRICS names no file: each start of a run has one of its own")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--num-generations", type=int, default=8)
    parser.add_argument("--batch-size", type=int, default=8, help="prompts per step")
    parser.add_argument("--micro-batch-size", type=int, help="completions per backward pass (all when left out)")
    parser.add_argument("--train-max-samples", type=int, default=-1, help="use only the first rows, as verl's data.train_max_samples (-1: all)")
    parser.add_argument("--max-prompt-length", type=int, default=256)
    parser.add_argument("--max-response-length", type=int, default=96)
    parser.add_argument("--learning-rate", type=float, default=3e-4)
    parser.add_argument("--temperature", type=float, default=1.0)
    parser.add_argument("--beta", type=float, default=0.001, help="weight of the KL term, as verl's kl_loss_coef")
    parser.add_argument("--save-every", type=int, default=0, help="steps between checkpoints (0: none)")
    parser.add_argument("--resume", nargs="?", const="newest", help="go on from this checkpoint, or from the newest")
    options = parser.parse_args()
    options.metrics = os.environ.get("LAUNCHPAD_METRICS") or options.metrics or parser.error("--metrics is missing")
    run = Path(os.environ.get("LAUNCHPAD_RUN_DIR") or options.output)
    options.checkpoints, options.rollouts, options.validations = (run / name for name in ("checkpoints", "rollouts", "validations"))
    return options


def main() -> int:
    options = parse_options()
    interrupt = Interrupt()
    say("loading model")
    tokenizer = AutoTokenizer.from_pretrained(options.model, padding_side="left")
    model = AutoModelForCausalLM.from_pretrained(options.model, dtype=torch.float32)
    say(f"{type(model).__name__} contains {model.num_parameters() / 1e6:.2f}M parameters")
    say("loading data")
    train, val = (load_rows(path, tokenizer, options.max_prompt_length) for path in (options.train, options.val))
    if options.train_max_samples > 0:
        train = train[:options.train_max_samples]
    validated: set[int] = set()

    def validate_once(step: int) -> None:
        if step not in validated:
            validate(trainer.model, tokenizer, val, step, options)
        validated.add(step)

    reward, checkpoints = Reward(tokenizer), Checkpoints(options.checkpoints, validate_once)
    options.checkpoints.mkdir(parents=True, exist_ok=True)
    trainer = GRPOTrainer(
        model=model, reward_funcs=reward, args=make_config(options), train_dataset=Dataset.from_list(train),
        processing_class=tokenizer, callbacks=[interrupt, Recorder(options, reward), checkpoints])
    trainer.remove_callback(PrinterCallback)  # prints every log as a dict
    last = checkpoints.find(options.resume)
    say("training" if last is None else f"Resuming from {last}")
    if last is None:
        validate_once(0)
    status = 0
    try:
        trainer.train(resume_from_checkpoint=str(last) if last else None)
    except KeyboardInterrupt:
        say("interrupted, saving")
        status = 130
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # asked twice, still saving once
    save_final(trainer.model, tokenizer, options.output)
    if not status:
        validate_once(trainer.state.global_step)
        say("done")
    return status


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # before there was anything to save
        sys.exit(130)
