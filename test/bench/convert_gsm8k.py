"""GSM8K to verl's parquet as people do it in Python: with datasets as verl's own example does, or with pandas.

Written anew after the facts of examples/data_preprocess/gsm8k.py (verl 0.8.0.dev): columns, types, instruction.
"""
import os
import re
import sys

FORM = 'Let\'s think step by step and output the final answer after "####".'


def truth(answer: str) -> str:
    found = re.search(r"#### (-?[0-9.,]+)", answer)
    assert found is not None
    return found.group(1).replace(",", "")


def row(question: str, answer: str, split: str, index: int) -> dict:
    return {
        "data_source": "openai/gsm8k",
        "prompt": [{"role": "user", "content": f"{question} {FORM}"}],
        "ability": "math",
        "reward_model": {"style": "rule", "ground_truth": truth(answer)},
        "extra_info": {"split": split, "index": index, "answer": answer, "question": question},
    }


def with_datasets(source: str, target: str, cache: str) -> None:
    os.environ["HF_HUB_OFFLINE"] = "1"
    import datasets

    rows = datasets.load_dataset("json", data_files=source, split="train", cache_dir=cache)
    made = rows.map(lambda one, at: row(one["question"], one["answer"], "train", at), with_indices=True, remove_columns=rows.column_names)
    made.to_parquet(target)


def with_pandas(source: str, target: str) -> None:
    import pandas

    rows = pandas.read_json(source, lines=True)
    made = [row(one.question, one.answer, "train", at) for at, one in enumerate(rows.itertuples())]
    pandas.DataFrame(made).to_parquet(target)


if __name__ == "__main__":
    how, source, target, cache = sys.argv[1:]
    with_datasets(source, target, cache) if how == "datasets" else with_pandas(source, target)
