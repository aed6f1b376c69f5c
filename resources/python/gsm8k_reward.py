"""The gsm8k reward rule as verl has it (stdlib only).

Behaviour of verl/utils/reward_score/gsm8k.py (v0.7, method "strict"): the last
"#### number" in the last 300 characters, "," and "$" taken out, compared with
the ground truth as text. So "#### 42." (reads "42.") and "#### $42" (no digit
behind the space) score 0 there, and here.
"""
from __future__ import annotations

import re
from typing import Any

DATA_SOURCE = "openai/gsm8k"
TAIL_CHARACTERS = 300
ANSWER = re.compile(r"#### (\-?[0-9\.\,]+)")


def extract_answer(solution_str: str) -> str | None:
    """The number the solution ends with, as verl reads it; None when it gives none."""
    found = ANSWER.findall(solution_str[-TAIL_CHARACTERS:])
    return found[-1].replace(",", "").replace("$", "") if found else None


def compute_score(data_source: str, solution_str: str, ground_truth: str, extra_info: Any = None) -> float:
    """1.0 when the solution's answer equals the ground truth text, else 0.0.

    The signature is that of verl's custom_reward_function. Raises
    NotImplementedError for a data source other than openai/gsm8k, as verl does.
    """
    if data_source != DATA_SOURCE:
        raise NotImplementedError(f"Reward function is not implemented for data_source={data_source!r}")
    return 1.0 if extract_answer(solution_str) == ground_truth else 0.0
