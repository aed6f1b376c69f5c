"""verl's parquet rows for gsm8k-like data: their Arrow schema and a reader (needs pyarrow).

Schema: examples/data_preprocess/gsm8k.py of verl. Two types matter although
nothing complains about them: `prompt` as a plain string is taken apart into
characters and the question is lost in the chat template, and a ground truth
that is a number never equals the text the reward compares it with.
"""
from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

SCHEMA = pa.schema([
    ("data_source", pa.string()),
    ("prompt", pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))),
    ("ability", pa.string()),
    ("reward_model", pa.struct([("style", pa.string()), ("ground_truth", pa.string())])),
    ("extra_info", pa.struct([("split", pa.string()), ("index", pa.int64()),
                              ("answer", pa.string()), ("question", pa.string())])),
])


def read_rows(path: str, limit: int | None = None) -> list[dict[str, Any]]:
    """Rows of a parquet file as plain dicts, at most `limit`.

    Raises OSError when the file cannot be read and pyarrow.ArrowInvalid when it is no parquet.
    """
    table = pq.ParquetFile(path).read()
    return table.slice(0, limit).to_pylist()
