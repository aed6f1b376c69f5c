"""What is measured: models of real shapes, and the settings of each case with verl's command line for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

# config.json of Qwen2.5-0.5B, -1.5B and -3B on the Hugging Face hub; tiny is the rehearsal's.
SHAPES: dict[str, dict[str, int]] = {
    "tiny": {
        "hidden_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "intermediate_size": 128,
        "vocab_size": 4096,
    },
    "0.5B": {
        "hidden_size": 896,
        "num_hidden_layers": 24,
        "num_attention_heads": 14,
        "num_key_value_heads": 2,
        "intermediate_size": 4864,
        "vocab_size": 151936,
    },
    "1.5B": {
        "hidden_size": 1536,
        "num_hidden_layers": 28,
        "num_attention_heads": 12,
        "num_key_value_heads": 2,
        "intermediate_size": 8960,
        "vocab_size": 151936,
    },
    "3B": {
        "hidden_size": 2048,
        "num_hidden_layers": 36,
        "num_attention_heads": 16,
        "num_key_value_heads": 2,
        "intermediate_size": 11008,
        "vocab_size": 151936,
    },
}

BASE: dict[str, Any] = {
    "model": "0.5B",
    "algorithm": "grpo",
    "dtype": "float32",
    "attention": "eager",
    "micro": 1,
    "prompts": 2,
    "n": 4,
    "promptLength": 256,
    "responseLength": 256,
    "offload": True,
    "checkpointing": True,
    "klLoss": True,
    "loraRank": 0,
    "refModelDtype": None,
}

# Most important first.
CASES: dict[str, dict[str, Any]] = {
    "0.5B-float32": {},
    "0.5B-float32-no-offload": {"offload": False},
    "0.5B-float32-micro4": {"micro": 4},
    "0.5B-float32-response768": {"responseLength": 768},
    "0.5B-float32-no-checkpointing": {"checkpointing": False},
    "0.5B-bfloat16": {"dtype": "bfloat16", "attention": "sdpa"},
    "0.5B-float32-lora32": {"loraRank": 32},
    "1.5B-float32": {"model": "1.5B"},
    "1.5B-bfloat16": {"model": "1.5B", "dtype": "bfloat16", "attention": "sdpa"},
    "3B-bfloat16": {"model": "3B", "dtype": "bfloat16", "attention": "sdpa"},
    "0.5B-float32-critic": {"algorithm": "gae", "prompts": 8, "n": 1},
    "0.5B-float32-ref-float32": {"refModelDtype": "fp32"},
    "0.5B-float32-no-ref": {"klLoss": False},
    "0.5B-float32-sdpa": {"attention": "sdpa"},
    "0.5B-float32-rollout32": {"prompts": 8},
    "0.5B-float32-micro8": {"micro": 8},
    "1.5B-float32-lora32": {"model": "1.5B", "loraRank": 32},
    "3B-bfloat16-lora32": {"model": "3B", "dtype": "bfloat16", "attention": "sdpa", "loraRank": 32},
    "0.5B-bfloat16-no-offload": {"dtype": "bfloat16", "attention": "sdpa", "offload": False},
    "0.5B-float16": {"dtype": "float16", "attention": "sdpa"},
}


def overrides(case: dict[str, Any], model: Path, data: Path, work: Path) -> list[str]:
    """The command line of verl.trainer.main_ppo."""
    actor, rollout, ref, critic = (
        "actor_rollout_ref.actor",
        "actor_rollout_ref.rollout",
        "actor_rollout_ref.ref",
        "critic",
    )
    lora = case["loraRank"] > 0
    lines = [
        f"algorithm.adv_estimator={case['algorithm']}",
        f"data.train_files={data}/train.parquet",
        f"data.val_files={data}/test.parquet",
        f"data.train_batch_size={case['prompts']}",
        f"data.max_prompt_length={case['promptLength']}",
        f"data.max_response_length={case['responseLength']}",
        "data.filter_overlong_prompts=True",
        "data.dataloader_num_workers=1",
        f"actor_rollout_ref.model.path={model}",
        "actor_rollout_ref.model.external_lib=phases",
        f"+actor_rollout_ref.model.override_config.attn_implementation={case['attention']}",
        f"actor_rollout_ref.model.enable_gradient_checkpointing={case['checkpointing']}",
        f"{actor}.optim.lr=1e-6",
        f"{actor}.ppo_mini_batch_size={case['prompts']}",
        f"{actor}.ppo_micro_batch_size_per_gpu={case['micro']}",
        f"{actor}.use_torch_compile=False",
        f"{actor}.use_kl_loss={case['klLoss']}",
        f"{actor}.fsdp_config.param_offload={case['offload']}",
        f"{actor}.fsdp_config.optimizer_offload={case['offload']}",
        f"+{actor}.fsdp_config.mixed_precision.param_dtype={case['dtype']}",
        f"+{ref}.fsdp_config.mixed_precision.param_dtype={case['dtype']}",
        f"{ref}.log_prob_micro_batch_size_per_gpu={case['micro']}",
        f"{rollout}.name=hf",
        f"{rollout}.dtype={case['dtype']}",
        f"{rollout}.n={case['n']}",
        f"{rollout}.tensor_model_parallel_size=1",
        f"{rollout}.log_prob_micro_batch_size_per_gpu={case['micro']}",
        "trainer.logger=console",
        "trainer.val_before_train=False",
        "trainer.n_gpus_per_node=1",
        "trainer.nnodes=1",
        "trainer.save_freq=-1",
        "trainer.test_freq=-1",
        "trainer.total_epochs=1",
        "trainer.total_training_steps=2",
        f"trainer.default_local_dir={work}/checkpoints",
        "trainer.resume_mode=disable",
        f"hydra.run.dir={work}/hydra",
    ]
    if case["refModelDtype"]:
        lines.append(f"+{ref}.fsdp_config.model_dtype={case['refModelDtype']}")
    if lora:
        # hf rollout turns the wrap policy off (0.5.0 fsdp_workers.py:355), so frozen and trained weights share one
        # flat parameter, which FSDP allows with use_orig_params only.
        lines += [
            f"actor_rollout_ref.model.lora_rank={case['loraRank']}",
            f"actor_rollout_ref.model.lora_alpha={case['loraRank']}",
            f"+{actor}.fsdp_config.use_orig_params=True",
        ]
    if case["algorithm"] == "gae":
        lines += [
            f"{critic}.model.path={model}",
            f"{critic}.ppo_micro_batch_size_per_gpu={case['micro']}",
            f"+{critic}.model.override_config.attn_implementation={case['attention']}",
            f"{critic}.model.enable_gradient_checkpointing={case['checkpointing']}",
            f"+{critic}.model.fsdp_config.mixed_precision.param_dtype={case['dtype']}",
            f"{critic}.model.fsdp_config.param_offload={case['offload']}",
            f"{critic}.model.fsdp_config.optimizer_offload={case['offload']}",
        ]
    return lines
