"""Some hundred gsm8k rows in verl's parquet layout for measure_memory.py (needs pyarrow).

    python make_data.py FOLDER_OF_JSONL OUT_FOLDER
"""
from __future__ import annotations

import json
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "resources" / "python"))
from gsm8k_reward import DATA_SOURCE, extract_answer
from verl_data import SCHEMA

INSTRUCTION = "Let's think step by step and output the final answer after \"####\"."


def main() -> None:
    source, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    for split, limit in (("train", 300), ("test", 16)):
        rows = []
        with open(source / f"{split}.jsonl", encoding="utf-8") as lines:
            for index, line in zip(range(limit), lines, strict=False):
                row = json.loads(line)
                rows.append({"data_source": DATA_SOURCE, "ability": "math",
                             "prompt": [{"role": "user", "content": f"{row['question']} {INSTRUCTION}"}],
                             "reward_model": {"style": "rule", "ground_truth": extract_answer(row["answer"])},
                             "extra_info": {"split": split, "index": index, "answer": row["answer"],
                                            "question": row["question"]}})
        pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), out / f"{split}.parquet")


if __name__ == "__main__":
    main()
