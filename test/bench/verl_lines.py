"""Prints as a training with verl does: RATE lines a second, each EVERY-th the metrics of a step, until it is ended.

    verl_lines.py RATE EVERY [FIRST]

FIRST lines come at once, before the others. The names are those of a real run (verl 0.5.0, GRPO).
"""
import sys
import time

NAMES = [f"{group}/{name}" for group, names in {
    "global_seqlen": "min max minmax_diff balanced_min balanced_max mean",
    "actor": "entropy kl_loss kl_coef pg_loss pg_clipfrac ppo_kl pg_clipfrac_lower grad_norm lr",
    "perf": "mfu/actor max_memory_allocated_gb max_memory_reserved_gb cpu_memory_used_gb total_num_tokens time_per_step throughput",
    "training": "global_step epoch",
    "critic": " ".join(f"{name}/{kind}" for name in ("score", "rewards", "advantages", "returns") for kind in ("mean", "max", "min")),
    "response_length": "mean max min clip_ratio", "prompt_length": "mean max min clip_ratio",
    "timing_s": "start_profile generate_sequences reshard gen reward old_log_prob ref adv update_actor stop_profile step",
    "timing_per_token_ms": "gen ref adv update_actor",
}.items() for name in names.split()]
PREFIX = "\x1b[36m(TaskRunner pid=4242)\x1b[0m "
rate, EVERY, first = [*map(int, sys.argv[1:]), 0][:3]


def line(number: int) -> str:
    if number % EVERY:
        return f"{PREFIX}INFO 11-23 12:00:00 worker.py:{number % 900}] batch {number}: 64 prompts, 512 answers \u5956\u52b1, {number % 97} tokens\n"
    step = number // EVERY
    values = (f"{name}:np.float64({(step * 7919 + at * 104729) % 100003 / 100003})" for at, name in enumerate(NAMES))
    score = f" - val-core/openai/gsm8k/reward/mean@1:{step % 1009 / 1009}" if step % 50 == 0 else ""
    return f"{PREFIX}step:{step} - {' - '.join(values)}{score}\n"


for number in range(1, first + 1):
    sys.stdout.write(line(number))
sys.stdout.flush()
begun, number = time.monotonic(), 0
while True:
    number += 1
    time.sleep(max(0.0, begun + number / rate - time.monotonic()))
    sys.stdout.write(line(first + number))
    sys.stdout.flush()
