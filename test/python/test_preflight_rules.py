"""The rules of preflight_verl.py that need no verl: numbers of a configuration, rows, machine and disk."""
from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "resources" / "python"))
import preflight_data
import preflight_environment
import preflight_machine
from preflight_report import Skip, look, made
from preflight_rules import Case, apply_rules

# One GPU, GRPO with KL, everything as it should be.
RIGHT: dict[str, Any] = {
    "data": {"train_batch_size": 8, "max_prompt_length": 256, "max_response_length": 256},
    "actor_rollout_ref": {
        "model": {"path": "/models/qwen", "use_remove_padding": False},
        "actor": {"ppo_mini_batch_size": 8, "ppo_micro_batch_size_per_gpu": 2, "ppo_micro_batch_size": None,
                  "use_kl_loss": True, "loss_agg_mode": "token-mean", "use_dynamic_bsz": False},
        "ref": {"log_prob_micro_batch_size_per_gpu": 2},
        "rollout": {"name": "vllm", "n": 4, "tensor_model_parallel_size": 1, "log_prob_micro_batch_size_per_gpu": 2,
                    "max_model_len": 512, "max_num_batched_tokens": 2048, "enable_chunked_prefill": True,
                    "agent": {"num_workers": 1}, "temperature": 1.0, "val_kwargs": {"do_sample": False}},
    },
    "critic": {"enable": None, "ppo_micro_batch_size_per_gpu": None},
    "algorithm": {"adv_estimator": "grpo", "use_kl_in_reward": False},
    "trainer": {"n_gpus_per_node": 1, "nnodes": 1, "save_freq": 10},
}


def codes(version: tuple[int, ...] = (0, 6, 1), given: set[str] | None = None, model: dict[str, Any] | None = None,
          **changes: Any) -> dict[str, dict[str, Any]]:
    """Code -> params of what is found with these options changed ("__" stands for a dot)."""
    config = copy.deepcopy(RIGHT)
    for key, value in changes.items():
        node = config
        *parts, last = key.split("__")
        for part in parts:
            node = node.setdefault(part, {})
        node[last] = value
    return {one["code"]: one["params"] for one in apply_rules(Case(config, version, given or set(), model or {}))}


class Rules(unittest.TestCase):
    def test_a_right_configuration_is_right_for_every_version(self) -> None:
        for version in ((0, 5, 0), (0, 6, 1), (0, 7, 0), (0, 8, 0), (0, 9, 1)):
            self.assertEqual(codes(version), {})

    def test_divisibility(self) -> None:
        self.assertIn("PREFLIGHT_BATCH_UNEVEN", codes(trainer__n_gpus_per_node=3, actor_rollout_ref__rollout__n=1))
        self.assertIn("PREFLIGHT_MINI_OVER_BATCH", codes(actor_rollout_ref__actor__ppo_mini_batch_size=16))
        uneven = codes(actor_rollout_ref__actor__ppo_micro_batch_size_per_gpu=5)
        self.assertEqual(uneven["PREFLIGHT_MINI_UNEVEN"]["best"], 4)
        over = codes(actor_rollout_ref__actor__ppo_micro_batch_size_per_gpu=64)
        self.assertEqual(over["PREFLIGHT_MICRO_OVER_MINI"]["mini"], 32)
        # With dynamic batches none of it is asked.
        self.assertEqual(codes(actor_rollout_ref__actor__ppo_micro_batch_size_per_gpu=64,
                               actor_rollout_ref__actor__use_dynamic_bsz=True), {})

    def test_micro_batches_are_named_once(self) -> None:
        self.assertIn("PREFLIGHT_MICRO_MISSING", codes(actor_rollout_ref__actor__ppo_micro_batch_size_per_gpu=None))
        key = "actor_rollout_ref.actor.ppo_micro_batch_size"
        self.assertIn("PREFLIGHT_MICRO_BOTH", codes(given={key}, actor_rollout_ref__actor__ppo_micro_batch_size=2))
        # The reference model's is read only when there is one, the critic's likewise.
        self.assertNotIn("PREFLIGHT_MICRO_MISSING", codes(actor_rollout_ref__ref__log_prob_micro_batch_size_per_gpu=None,
                                                          actor_rollout_ref__actor__use_kl_loss=False))
        self.assertIn("PREFLIGHT_MICRO_MISSING", codes(algorithm__adv_estimator="gae"))

    def test_agent_workers_of_the_versions_that_share_equally(self) -> None:
        changes = {"data__train_batch_size": 1, "actor_rollout_ref__actor__ppo_mini_batch_size": 1,
                   "actor_rollout_ref__rollout__agent": {"num_workers": 8}}
        for version in ((0, 7, 0), (0, 7, 1), (0, 8, 0)):
            self.assertEqual(codes(version, **changes)["PREFLIGHT_AGENT_WORKERS"], {"answers": 4, "workers": 8})
        for version in ((0, 6, 1), (0, 9, 1)):
            self.assertNotIn("PREFLIGHT_AGENT_WORKERS", codes(version, **changes))
        self.assertIn("PREFLIGHT_AGENT_WORKERS", codes((0, 6, 1), actor_rollout_ref__rollout__mode="async", **changes))

    def test_engines(self) -> None:
        self.assertIn("PREFLIGHT_TENSOR_PARALLEL", codes(actor_rollout_ref__rollout__tensor_model_parallel_size=2))
        self.assertIn("PREFLIGHT_HF_ROLLOUT_GONE", codes(actor_rollout_ref__rollout__name="hf"))
        self.assertNotIn("PREFLIGHT_HF_ROLLOUT_GONE", codes((0, 5, 0), actor_rollout_ref__rollout__name="hf"))
        self.assertIn("PREFLIGHT_SYNC_GONE", codes((0, 7, 0), actor_rollout_ref__rollout__mode="sync"))
        self.assertNotIn("PREFLIGHT_SYNC_GONE", codes((0, 6, 1), actor_rollout_ref__rollout__mode="sync"))

    def test_the_window_that_nobody_set_is_the_whole_context_from_0_7_on(self) -> None:
        changes = {"actor_rollout_ref__rollout__max_model_len": None, "actor_rollout_ref__rollout__max_num_batched_tokens": 512,
                   "actor_rollout_ref__rollout__enable_chunked_prefill": False}
        model = {"max_position_embeddings": 32768}
        self.assertNotIn("PREFLIGHT_BATCHED_TOKENS", codes((0, 6, 1), model=model, **changes))
        late = codes((0, 7, 0), model=model, **changes)["PREFLIGHT_BATCHED_TOKENS"]
        self.assertEqual((late["window"], late["key"], late["best"]), (32768, "actor_rollout_ref.rollout.max_model_len", 512))
        short = codes((0, 6, 1), actor_rollout_ref__rollout__max_num_batched_tokens=256)["PREFLIGHT_BATCHED_TOKENS"]
        self.assertEqual((short["key"], short["best"]), ("actor_rollout_ref.rollout.max_num_batched_tokens", 2048))

    def test_windows_that_do_not_fit(self) -> None:
        self.assertIn("PREFLIGHT_WINDOW_SHORT", codes(actor_rollout_ref__rollout__max_model_len=300))
        self.assertIn("PREFLIGHT_WINDOW_LONG", codes(model={"text_config": {"max_position_embeddings": 400}}))
        bucket = codes(model={"vocab_size": 151936, "hidden_size": 2048}, actor_rollout_ref__rollout__update_weights_bucket_megabytes=512)
        self.assertEqual(bucket["PREFLIGHT_BUCKET_SMALL"]["needed"], 594)

    def test_kl(self) -> None:
        found = codes(given={"algorithm.kl_ctrl.kl_coef"}, actor_rollout_ref__actor__use_kl_loss=False)
        self.assertTrue({"PREFLIGHT_KL_DEAD", "PREFLIGHT_NO_KL"} <= set(found))
        self.assertEqual(set(codes((0, 3, 0), given={"algorithm.kl_ctrl.kl_coef"})), set())
        self.assertIn("PREFLIGHT_KL_TWICE", codes(algorithm__use_kl_in_reward=True))
        self.assertIn("PREFLIGHT_GRPO_SINGLE", codes(actor_rollout_ref__rollout__n=1))

    def test_paths_sampling_and_resume(self) -> None:
        self.assertEqual(codes(actor_rollout_ref__model__path="/models/qwen/")["PREFLIGHT_PATH_SLASH"]["best"], "/models/qwen")
        self.assertIn("PREFLIGHT_VAL_FILES", codes(given={"data.train_files"}))
        self.assertIn("PREFLIGHT_RESUME_PATH", codes(trainer__resume_mode="resume_path", trainer__resume_from_path="/x/actor"))
        self.assertIn("PREFLIGHT_TEMPERATURE_ZERO", codes(actor_rollout_ref__rollout__temperature=0,
                                                          actor_rollout_ref__rollout__val_kwargs={"do_sample": True}))


class Environment(unittest.TestCase):
    def test_flash_attention_is_asked_for_only_where_it_is_used(self) -> None:
        def wanted(version: tuple[int, ...], patch: bool = False, **model: Any) -> list[str]:
            config = {"actor_rollout_ref": {"model": model}}
            return [why for _key, why in preflight_environment.flash_wanted(config, version, patch)]

        self.assertEqual(wanted((0, 6, 1)), ["attention"])
        self.assertEqual(wanted((0, 6, 1), override_config={"attn_implementation": "sdpa"}), [])
        self.assertEqual(wanted((0, 5, 0), override_config={"attn_implementation": "sdpa"}), ["fixed"])
        self.assertEqual(wanted((0, 5, 0), True, override_config={"attn_implementation": "eager"}), [])
        self.assertEqual(wanted((0, 7, 0), use_remove_padding=True, override_config={"attn_implementation": "sdpa"}), ["padding"])

    def test_variables(self) -> None:
        moved = {"variables": [{"name": "VLLM_DTYPE", "use": "x.dtype"}, {"name": "UNREAD", "use": None}]}
        env = {"VLLM_DTYPE": "half", "UNREAD": "1", "PYTORCH_CUDA_ALLOC_CONF": "expandable_segments:True"}
        found = preflight_environment.check_variables({"actor_rollout_ref": {"rollout": {"name": "vllm"}}}, env, moved)
        self.assertEqual([one["code"] for one in found],
                         ["PREFLIGHT_VARIABLE_OPTION", "PREFLIGHT_VARIABLE_UNREAD", "PREFLIGHT_EXPANDABLE_SEGMENTS"])
        with_hf = preflight_environment.check_variables({"actor_rollout_ref": {"rollout": {"name": "hf"}}}, env, {"variables": []})
        self.assertEqual(with_hf, [])

    def test_versions(self) -> None:
        self.assertEqual(preflight_environment.version_numbers("0.6.1.post1"), (0, 6, 1))
        self.assertEqual(preflight_environment.version_numbers("0.8.0.dev"), (0, 8, 0))


class Rows(unittest.TestCase):
    def found(self, *rows: dict[str, Any]) -> set[str]:
        part = preflight_data.Rows.__new__(preflight_data.Rows)
        part.key, part.file, part.rows = "data.train_files", Path("x.parquet"), list(rows)
        part.columns = sorted({name for row in rows for name in row})
        return {one["code"] for one in
                preflight_data.check_columns(part, "prompt") + preflight_data.check_rows(part, "prompt", False)}

    def test_layouts(self) -> None:
        right = {"data_source": "openai/gsm8k", "prompt": [{"role": "user", "content": "1+1?"}],
                 "reward_model": {"ground_truth": "2"}, "extra_info": {}}
        self.assertEqual(self.found(right), set())
        self.assertIn("PREFLIGHT_DATA_PREFERENCES", self.found({"prompt": "1+1? \\boxed{}", "chosen": "2"}))
        self.assertIn("PREFLIGHT_COLUMN_MISSING", self.found({"question": "1+1?"}))
        self.assertEqual(self.found({**right, "prompt": "1+1?"}), {"PREFLIGHT_PROMPT_PLAIN"})
        self.assertEqual(self.found({**right, "reward_model": {"ground_truth": 2}}), {"PREFLIGHT_TRUTH_TYPE"})
        self.assertEqual(self.found({**right, "extra_info": "{}"}), {"PREFLIGHT_EXTRA_INFO"})
        boxed = {**right, "prompt": [{"role": "user", "content": "1+1? Put it in \\boxed{}."}]}
        self.assertEqual(self.found(boxed), {"PREFLIGHT_BOXED"})
        # For the sources whose rule reads it, that is right.
        self.assertEqual(self.found({**boxed, "data_source": "lighteval/MATH"}), set())

    def test_the_right_answer_must_beat_a_wrong_one(self) -> None:
        row = {"data_source": "mine", "reward_model": {"ground_truth": "42"}}

        def compare(score: Any) -> list[str]:
            return [one["code"] for one in preflight_data.compare([row], score, "prompt")]

        self.assertEqual(compare(lambda solution_str, ground_truth, **_rest: float(ground_truth in solution_str)), [])
        self.assertEqual(compare(lambda **_rest: {"score": 1.0}), ["PREFLIGHT_REWARD_FLAT"])
        self.assertEqual(compare(lambda **_rest: 1 / 0), ["PREFLIGHT_REWARD_RAISES"])

        def unknown(**_rest: Any) -> float:
            raise NotImplementedError

        self.assertEqual(compare(unknown), ["PREFLIGHT_REWARD_UNKNOWN"])

        async def later(solution_str: str, **_rest: Any) -> float:
            return float("42" in solution_str)

        self.assertEqual(compare(later), [])


class Machine(unittest.TestCase):
    def test_a_torch_for_other_cards(self) -> None:
        self.assertTrue(preflight_machine.runs_on(["sm_60", "sm_70"], (6, 1)))
        self.assertFalse(preflight_machine.runs_on(["sm_70", "sm_80"], (6, 1)))
        self.assertFalse(preflight_machine.runs_on(["sm_75", "sm_86"], (8, 0)))
        self.assertTrue(preflight_machine.runs_on(["sm_90a", "compute_90"], (12, 0)))

    def test_ray_has_what_the_option_says(self) -> None:
        self.assertEqual(preflight_machine.ray_cpus({"ray_init": {"num_cpus": 3}}), (3, "ray_init.num_cpus"))
        queue = {"backend": {"SimpleStorage": {"num_data_storage_units": 8}}}
        self.assertEqual(preflight_machine.ray_needs({"trainer": {"use_v1": True}, "transfer_queue": queue}), 12)
        self.assertEqual(preflight_machine.ray_needs({"trainer": {}, "transfer_queue": queue}), 4)
        self.assertEqual(preflight_machine.ray_folder({"TMPDIR": "/a", "RAY_TMPDIR": "/b"}), "/b")
        long = preflight_machine.check_machine({}, {"RAY_TMPDIR": "/" + "很长" * 10}, "ray_init.num_cpus", None)
        self.assertIn("PREFLIGHT_TMPDIR_LONG", {one["code"] for one in long})

    def test_checkpoints_on_the_disk(self) -> None:
        def kept(steps: int | None, **trainer: Any) -> int | None:
            return preflight_machine.kept_checkpoints({"trainer": trainer}, steps)

        self.assertEqual(kept(14946, save_freq=10), 1495)
        self.assertEqual(kept(100, save_freq=10, max_actor_ckpt_to_keep=1), 2)
        self.assertEqual(kept(100, save_freq=-1), 0)
        self.assertIsNone(kept(None, save_freq=10))
        with tempfile.TemporaryDirectory(prefix="盘 disk ") as folder:
            run = str(Path(folder) / "runs" / "not there yet")
            full = preflight_machine.check_disk({"trainer": {"save_freq": 1}}, run, 10**15, 10)
            self.assertIn("PREFLIGHT_DISK_CHECKPOINTS", {one["code"] for one in full})
            self.assertFalse(Path(run).exists())


class Card(unittest.TestCase):
    """With a fake torch: the machines of the tests have no card."""

    def found(self, fake: dict[str, Any], config: dict[str, Any], needs: dict[str, Any] | None = None) -> set[str]:
        script = ("import json, sys; from preflight_machine import check_gpu;"
                  "print(json.dumps([one['code'] for one in check_gpu(json.loads(sys.argv[1]), True, json.loads(sys.argv[2]))]))")
        environment = {**os.environ, "FAKE_TORCH": json.dumps(fake),
                       "PYTHONPATH": os.pathsep.join([str(ROOT / "resources" / "python"), str(ROOT / "test" / "fixtures" / "fake-torch")])}
        argv = [sys.executable, "-c", script, json.dumps(config), json.dumps(needs)]
        return set(json.loads(subprocess.run(argv, env=environment, capture_output=True, text=True, check=True).stdout))

    def test_a_pascal_card_with_what_newer_ones_need(self) -> None:
        config = {"actor_rollout_ref": {"rollout": {"dtype": "bfloat16"}}, "trainer": {"n_gpus_per_node": 8}}
        fake = {"cards": [[6, 1]], "archList": ["sm_75", "sm_80"]}
        self.assertEqual(self.found(fake, config, {"gpuBytes": 20 << 30}),
                         {"PREFLIGHT_GPUS_FEW", "PREFLIGHT_TORCH_ARCH", "PREFLIGHT_BF16", "PREFLIGHT_VRAM"})

    def test_a_card_that_can_and_none(self) -> None:
        config = {"actor_rollout_ref": {"rollout": {"dtype": "bfloat16"}}, "trainer": {"n_gpus_per_node": 1}}
        self.assertEqual(self.found({"cards": [[8, 9]], "archList": ["sm_86"]}, config, {"gpuBytes": None}), set())
        self.assertEqual(self.found({"cards": []}, config), {"PREFLIGHT_NO_GPU"})


class Areas(unittest.TestCase):
    def test_an_area_that_breaks_does_not_end_the_others(self) -> None:
        def breaks() -> list[Any]:
            raise ValueError("odd")

        def skips() -> list[Any]:
            raise Skip(reason="no-gpu-wanted")

        states, findings = look([("config", breaks), ("gpu", skips), ("disk", lambda: [made("X", "warning", ["a"], n=None, m=1)])])
        self.assertEqual([one["state"] for one in states], ["failed", "skipped", "passed"])
        self.assertEqual(findings[0]["params"], {"area": "config", "detail": "ValueError: odd"})
        self.assertEqual(findings[1], {"code": "X", "severity": "warning", "keys": ["a"], "params": {"m": 1}, "area": "disk"})


if __name__ == "__main__":
    unittest.main()
