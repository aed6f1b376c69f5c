"""Writes metrics as a training with verl does, a hundred a step.

The file `goal` in the run's folder says up to which step, and how many steps a second: "10000 400".
"""
import json
import math
import os
import time

# Names that the page draws in its charts, and others of which it only says that they are there.
KNOWN = [f"critic/{name}/{kind}" for name in ("score", "rewards", "advantages", "returns") for kind in ("mean", "max", "min")]
KNOWN += [f"{name}_length/{kind}" for name in ("response", "prompt") for kind in ("mean", "max", "min", "clip_ratio")]
KNOWN += [f"actor/{name}" for name in "entropy kl_loss ppo_kl pg_loss pg_clipfrac pg_clipfrac_lower grad_norm lr".split()]
KNOWN += [f"timing_s/{name}" for name in "step gen old_log_prob ref update_actor testing save_checkpoint".split()]
KNOWN += ["perf/throughput", "perf/max_memory_allocated_gb", "perf/max_memory_reserved_gb", "perf/cpu_memory_used_gb"]
NAMES = KNOWN + [f"other/metric_{number}" for number in range(100 - len(KNOWN))]

step, goal_at = 0, os.path.join(os.environ["LAUNCHPAD_RUN_DIR"], "goal")
with open(os.environ["LAUNCHPAD_METRICS"], "a", encoding="utf-8") as out:
    while True:
        try:
            with open(goal_at, encoding="utf-8") as file:
                goal, pace = map(int, file.read().split())
        except (OSError, ValueError):
            goal, pace = 0, 1
        for _ in range(min(goal - step, max(1, pace // 4))):
            step += 1
            values = {name: math.sin(step / 40 + at) + (step * 7919 + at * 104729) % 1009 / 1009 for at, name in enumerate(NAMES)}
            out.write(json.dumps({"step": step, "data": values}) + "\n")
            out.flush()
            time.sleep(1 / pace)
        time.sleep(0.01)
