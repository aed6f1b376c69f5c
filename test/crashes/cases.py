"""The crashes that are made for real, each with the signature that was expected before its log was read."""
from __future__ import annotations

from dataclasses import dataclass, field

VERL = ("0.5.0", "0.6.1", "0.9.1")
BEFORE_0_9 = VERL[:2]

#: Small enough for two cores; a card is only pretended to Ray, so that what comes before the first CUDA call is real.
TRAINING = {
    "algorithm.adv_estimator": "grpo",
    "data.train_files": "{home}/data/train.parquet",
    "data.val_files": "{home}/data/train.parquet",
    "data.train_batch_size": "8",
    # Every prompt is read and drawn before the workers start, and so before a card is missed.
    "data.filter_overlong_prompts": "True",
    "data.max_prompt_length": "64",
    "data.max_response_length": "16",
    "actor_rollout_ref.model.path": "{home}/model",
    "actor_rollout_ref.actor.ppo_mini_batch_size": "8",
    "actor_rollout_ref.actor.ppo_micro_batch_size_per_gpu": "1",
    "actor_rollout_ref.rollout.log_prob_micro_batch_size_per_gpu": "1",
    "actor_rollout_ref.ref.log_prob_micro_batch_size_per_gpu": "1",
    "actor_rollout_ref.rollout.n": "2",
    "actor_rollout_ref.rollout.name": "vllm",
    "actor_rollout_ref.rollout.tensor_model_parallel_size": "1",
    "trainer.n_gpus_per_node": "1",
    "trainer.nnodes": "1",
    "trainer.logger": "console",
    "trainer.total_epochs": "1",
    "trainer.default_local_dir": "{home}/checkpoints",
    "{cpus}": "16",
    "{gpus}": "1",
}
#: Where the version keeps what is handed to ray.init (verl/trainer/config/ppo_trainer.yaml); 0.5.0 hands it no cards.
RAY = {
    "0.5.0": {"{cpus}": "ray_init.num_cpus", "{gpus}": "+ray_init.num_gpus"},
    "0.6.1": {"{cpus}": "ray_kwargs.ray_init.num_cpus", "{gpus}": "+ray_kwargs.ray_init.num_gpus"},
    "0.9.1": {"{cpus}": "ray_kwargs.ray_init.num_cpus", "{gpus}": "+ray_kwargs.ray_init.num_gpus"},
}


@dataclass
class Crash:
    name: str
    #: The signature; "" where none is about it and the exception itself is to be shown.
    expected: str
    verl: str = "0.9.1"
    #: A way of die.py; "" for a training with verl.
    way: str = ""
    #: Options of verl beside TRAINING.
    options: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    #: Words before the program: a namespace, a limit.
    under: tuple[str, ...] = ()
    #: A process whose command line has this is killed with SIGKILL once the log has `after`.
    kill: str = ""
    after: str = ""


def of_verl(name: str, expected: str, options: dict[str, str], versions: tuple[str, ...] = VERL) -> list[Crash]:
    return [Crash(f"verl-{version}-{name}", expected, version, options=options) for version in versions]


OWN_MOUNTS = ("unshare", "--mount")

CRASHES = [
    *of_verl("cut-parquet", "parquet-bad-magic", {"data.train_files": "{home}/data/cut.parquet"}),
    *of_verl("no-prompt-column", "data-prompt-key-missing", {"data.train_files": "{home}/data/no-prompt.parquet"}),
    *of_verl("no-data-file", "data-file-missing", {"data.train_files": "{home}/data/nowhere.parquet"}),
    *of_verl("few-rows", "dataset-smaller-than-batch", {"data.train_files": "{home}/data/few.parquet"}, BEFORE_0_9),
    *of_verl("batch-not-divisible", "config-batch-not-divisible", {"data.train_batch_size": "7", "trainer.n_gpus_per_node": "2", "{gpus}": "2", "actor_rollout_ref.rollout.n": "1", "actor_rollout_ref.actor.ppo_mini_batch_size": "7"}),
    *of_verl("more-cards", "ray-gpus-fewer-than-requested", {"trainer.n_gpus_per_node": "4"}),
    *of_verl("unknown-key", "hydra-unknown-key", {"actor_rollout_ref.rollout.gpu_memory": "0.5"}),
    *of_verl("no-model", "hf-local-path-missing", {"actor_rollout_ref.model.path": "{home}/nowhere"}),
    # Older ones read the model's configuration in a worker, which dies for want of a card first.
    Crash("verl-0.9.1-unknown-model", "transformers-unknown-arch", options={"actor_rollout_ref.model.path": "{home}/model-unknown"}),
    *of_verl("no-template", "chat-template-missing", {"actor_rollout_ref.model.path": "{home}/model-no-template"}),
    Crash("verl-0.5.0-newer-tokenizer", "hf-tokenizer-from-newer", "0.5.0", options={"actor_rollout_ref.model.path": "{home}/model-newer"}),
    # The good plan: what is missed first is the card, by a torch that was built without CUDA. verl 0.5.0 leaves it to
    # Ray, which has none to give; of 0.6.1's message nobody can tell which of the two it is.
    Crash("verl-0.5.0-no-card", "ray-gpus-fewer-than-requested", "0.5.0"),
    Crash("verl-0.6.1-no-card", "cuda-driver-broken", "0.6.1"),
    Crash("verl-0.9.1-no-card", "torch-without-cuda", "0.9.1"),
    *[
        Crash(f"verl-{version}-task-killed", "ray-actor-died-opaque", version, kill="ray::TaskRunner", after="'val_only'")
        for version in ("0.6.1", "0.9.1")
    ],
    Crash("disk-full", "disk-full", way="disk_full", under=OWN_MOUNTS),
    Crash("shm-small", "shm-too-small", way="shm_small", under=OWN_MOUNTS),
    Crash("port-taken", "port-in-use", way="port_taken"),
    Crash("nobody-comes", "dist-store-timeout", way="nobody_comes"),
    Crash("no-nccl", "torch-without-cuda", way="no_nccl"),
    Crash("nan", "prob-nan-sampling", way="nan"),
    Crash("cut-weights", "safetensors-corrupt", way="cut_weights"),
    Crash("offline", "hf-hub-unreachable", way="offline", variables={"HF_HUB_OFFLINE": "1"}),
    Crash("segfault", "native-segfault", way="segfault"),
    Crash("ray-worker-killed", "ray-actor-died-opaque", way="ray_worker_killed"),
    Crash("ray-memory", "ray-host-oom", way="ray_memory", variables={"RAY_memory_usage_threshold": "{memory}", "RAY_memory_monitor_refresh_ms": "100"}),
    Crash("killed-for-memory", "oom-killed-by-kernel", way="cgroup_memory", under=("{python}", "{here}/in_cgroup.py", "1500M")),
]
