"""A day of training in minutes: soak_day.py BYTES STEPS SECONDS prints so many bytes of log with so many steps among them.

At the end the file `printed` in the run's folder holds how many lines there were.
"""
import os
import sys
import time

size, steps, seconds = (int(word) for word in sys.argv[1:])
NAMES = ["critic/rewards/mean", "critic/score/max", "critic/score/min", "actor/entropy", "actor/kl_loss", "perf/cpu_memory_used_gb"]
FILLER = "(TaskRunner pid=4242) INFO 11-23 12:00:00 worker.py:117] batch {}: 64 prompts, 512 answers 奖励, all of them scored\n"
CHUNK = 500


def step_line(step: int) -> str:
    values = (f"{name}:{(step * 7919 + at * 104729) % 100003 / 100003:.6f}" for at, name in enumerate(NAMES))
    return f"step:{step} - {' - '.join(values)}\n"


begun, printed, lines, step = time.monotonic(), 0, 0, 0
while printed < size or step < steps:
    text = "".join(FILLER.format(lines + at) for at in range(CHUNK))
    lines += CHUNK
    while step < steps and step / steps <= printed / size:
        step += 1
        lines += 1
        text += step_line(step)
    sys.stdout.write(text)
    sys.stdout.flush()
    printed += len(text.encode())
    time.sleep(max(0.0, begun + seconds * printed / size - time.monotonic()))
with open(os.path.join(os.environ["LAUNCHPAD_RUN_DIR"], "printed"), "w", encoding="utf-8") as file:
    file.write(str(lines))
