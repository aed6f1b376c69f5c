"""Rules on the numbers of a configuration that the workers, the engine or nobody checks, minutes after the start.

Pure: a plain dictionary in, findings out. Each rule says where verl breaks (file names of 0.6.1 unless said).
"""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable

from preflight_build import uses_critic, uses_reference
from preflight_report import Finding, made

ACTOR = "actor_rollout_ref.actor"
REF = "actor_rollout_ref.ref"
ROLLOUT = "actor_rollout_ref.rollout"
MODEL = "actor_rollout_ref.model"


@dataclass
class Case:
    """A configuration, the verl that reads it, the options that were given, and the model's config.json ({}: unknown)."""
    config: dict[str, Any]
    version: tuple[int, ...]
    given: set[str] = field(default_factory=set)
    model: dict[str, Any] = field(default_factory=dict)

    def at(self, key: str, otherwise: Any = None) -> Any:
        node: Any = self.config
        for part in key.split("."):
            if not isinstance(node, dict) or part not in node:
                return otherwise
            node = node[part]
        return otherwise if node is None else node

    def number(self, key: str, otherwise: int = 0) -> int:
        value = self.at(key, otherwise)
        return int(value) if isinstance(value, (int, float)) else otherwise

    def number_of_model(self, name: str) -> int:
        """0: unknown. Models that see pictures keep the numbers of their text part apart."""
        value = self.model.get(name, (self.model.get("text_config") or {}).get(name))
        return value if isinstance(value, int) else 0

    @property
    def gpus(self) -> int:
        return self.number("trainer.n_gpus_per_node", 1) * self.number("trainer.nnodes", 1)

    @property
    def batch(self) -> int:
        return self.number("data.train_batch_size", 1)

    @property
    def n(self) -> int:
        return self.number(f"{ROLLOUT}.n", 1)

    @property
    def window(self) -> int:
        return self.number("data.max_prompt_length") + self.number("data.max_response_length")

    @property
    def dynamic(self) -> bool:
        return bool(self.at(f"{ACTOR}.use_dynamic_bsz", False))


def batch_over_gpus(case: Case) -> list[Finding]:
    """Rule 1, utils/config.py: every GPU gets the same number of answers."""
    answers = case.batch * case.n
    if case.dynamic or answers % max(case.gpus, 1) == 0:
        return []
    keys = ["data.train_batch_size", f"{ROLLOUT}.n", "trainer.n_gpus_per_node"]
    return [made("PREFLIGHT_BATCH_UNEVEN", "error", keys, answers=answers, gpus=case.gpus)]


def micro_given(case: Case) -> list[Finding]:
    """Rules 2, 3, 6 and 7: one of the two names, not none and not both (utils/config.py, workers/config/actor.py)."""
    asked = [] if case.dynamic else [(f"{ACTOR}.ppo_micro_batch_size"), (f"{ROLLOUT}.log_prob_micro_batch_size")]
    if uses_reference(case.config) and not case.dynamic:
        asked.append(f"{REF}.log_prob_micro_batch_size")
    if uses_critic(case.config) and not case.at("critic.use_dynamic_bsz", False):
        asked.append("critic.ppo_micro_batch_size")
    findings = []
    for old in asked:
        new = f"{old}_per_gpu"
        if case.at(old) is None and case.at(new) is None:
            findings.append(made("PREFLIGHT_MICRO_MISSING", "error", [new], key=new))
        elif case.at(old) is not None and case.at(new) is not None and case.at(old) != 0 and old in case.given:
            findings.append(made("PREFLIGHT_MICRO_BOTH", "error", [old, new], key=old, use=new))
    return findings


def loss_mode(case: Case) -> list[Finding]:
    """Rule 4, workers/config/actor.py."""
    known = ["token-mean", "seq-mean-token-sum", "seq-mean-token-mean", "seq-mean-token-sum-norm"]
    mode, key = case.at(f"{ACTOR}.loss_agg_mode", "token-mean"), f"{ACTOR}.loss_agg_mode"
    # Later versions may know more; verl's own objects answer for them.
    if mode in known or case.version >= (0, 8):
        return []
    return [made("PREFLIGHT_LOSS_MODE", "error", [key], value=mode, known=", ".join(known))]


def mini_in_batch(case: Case) -> list[Finding]:
    """Rules 5 and 7: prompts of one update cannot be more than those of one step."""
    roles = [ACTOR] + (["critic"] if uses_critic(case.config) else [])
    findings = []
    for role in roles:
        key = f"{role}.ppo_mini_batch_size"
        mini = case.number(key, case.batch)
        if not case.at(f"{role}.use_dynamic_bsz", False) and mini > case.batch:
            findings.append(made("PREFLIGHT_MINI_OVER_BATCH", "error", [key, "data.train_batch_size"], key=key, mini=mini,
                                 batch=case.batch))
    return findings


def micro_in_mini(case: Case) -> list[Finding]:
    """Rule 8, workers/fsdp_workers.py: counted in answers of one GPU, checked when the worker starts."""
    roles = [ACTOR] + (["critic"] if uses_critic(case.config) else [])
    findings = []
    for role in roles:
        key, micro_key = f"{role}.ppo_mini_batch_size", f"{role}.ppo_micro_batch_size_per_gpu"
        mini, micro = case.number(key) * case.n // max(case.gpus, 1), case.number(micro_key)
        if case.at(f"{role}.use_dynamic_bsz", False) or micro == 0 or case.number(key) == 0:
            continue
        if mini < micro:
            findings.append(made("PREFLIGHT_MICRO_OVER_MINI", "error", [micro_key, key], key=micro_key, micro=micro,
                                 mini=mini))
        elif mini % micro != 0:
            best = max(size for size in range(1, micro + 1) if mini % size == 0)
            findings.append(made("PREFLIGHT_MINI_UNEVEN", "error", [micro_key, key], key=micro_key, micro=micro,
                                 mini=mini, best=best))
    return findings


def sequence_parallel(case: Case) -> list[Finding]:
    """Rules 5 and 7: sequence parallelism needs padding removed."""
    findings = []
    for role, model in ((ACTOR, MODEL), ("critic", "critic.model")):
        key = f"{role}.ulysses_sequence_parallel_size"
        if role == "critic" and not uses_critic(case.config):
            continue
        if case.number(key, 1) > 1 and not case.at(f"{model}.use_remove_padding", False):
            findings.append(made("PREFLIGHT_SEQUENCE_PARALLEL", "error", [key, f"{model}.use_remove_padding"], key=key))
    return findings


def agent_workers(case: Case) -> list[Finding]:
    """Rule 9, protocol.py chunk: "only support equal chunk", at the first rollout. Not in 0.9's default trainer."""
    key = f"{ROLLOUT}.agent.num_workers"
    workers, answers = case.number(key, 8), case.batch * case.n
    asks = (0, 7) <= case.version < (0, 9) or (case.version < (0, 7) and case.at(f"{ROLLOUT}.mode") == "async")
    asks = asks or (case.version >= (0, 9) and case.at("trainer.use_v1", True) is False)
    if not asks or workers < 1 or answers % workers == 0:
        return []
    return [made("PREFLIGHT_AGENT_WORKERS", "error", [key, "data.train_batch_size", f"{ROLLOUT}.n"], answers=answers,
                 workers=workers)]


def validation_sampling(case: Case) -> list[Finding]:
    """Rule 10, utils/config.py."""
    if not case.at(f"{ROLLOUT}.val_kwargs.do_sample", False) or case.at(f"{ROLLOUT}.temperature", 1.0) > 0:
        return []
    return [made("PREFLIGHT_TEMPERATURE_ZERO", "error", [f"{ROLLOUT}.temperature", f"{ROLLOUT}.val_kwargs.do_sample"])]


def parallel_sizes(case: Case) -> list[Finding]:
    """Rules 12 and 16: the engine's share of the GPUs; verl's default of 2 is too much for one card."""
    findings = []
    key = f"{ROLLOUT}.tensor_model_parallel_size"
    tensor, pipeline = case.number(key, 1), case.number(f"{ROLLOUT}.pipeline_model_parallel_size", 1)
    if case.at(f"{ROLLOUT}.name") != "hf" and (tensor < 1 or case.gpus % tensor != 0):
        findings.append(made("PREFLIGHT_TENSOR_PARALLEL", "error", [key], tensor=tensor, gpus=case.gpus))
    if case.at(f"{ROLLOUT}.name") == "vllm" and pipeline > 1 and case.version < (0, 9):
        findings.append(made("PREFLIGHT_PIPELINE_PARALLEL", "error", [f"{ROLLOUT}.pipeline_model_parallel_size"]))
    return findings


def engine_name(case: Case) -> list[Finding]:
    """verl.md 0: the hf rollout went with 0.6.0; sync rollouts went with 0.7.0 (workers/config/rollout.py)."""
    findings = []
    if case.at(f"{ROLLOUT}.name") == "hf" and case.version >= (0, 6):
        findings.append(made("PREFLIGHT_HF_ROLLOUT_GONE", "error", [f"{ROLLOUT}.name"]))
    if case.at(f"{ROLLOUT}.mode") == "sync" and case.version >= (0, 7):
        findings.append(made("PREFLIGHT_SYNC_GONE", "error", [f"{ROLLOUT}.mode"], key=f"{ROLLOUT}.mode"))
    return findings


def window(case: Case) -> list[Finding]:
    """Rule 13 and verl.md 3.4: what vLLM says minutes later about lengths."""
    if case.at(f"{ROLLOUT}.name") != "vllm":
        return []
    key, findings = f"{ROLLOUT}.max_model_len", []
    given, most = case.number(key), case.number_of_model("max_position_embeddings")
    if given and given < case.window:
        findings.append(made("PREFLIGHT_WINDOW_SHORT", "error", [key], window=given, needed=case.window))
    if most and max(given, case.window) > most:
        findings.append(made("PREFLIGHT_WINDOW_LONG", "error", [key, "data.max_prompt_length", "data.max_response_length"],
                             window=max(given, case.window), most=most))
    # What max_model_len is when nobody says: prompt and answer up to 0.6, the whole of the model from 0.7 on.
    asked = given or (case.window if case.version < (0, 7) else most or case.window)
    tokens, tokens_key = case.number(f"{ROLLOUT}.max_num_batched_tokens", asked), f"{ROLLOUT}.max_num_batched_tokens"
    chunked = bool(case.at(f"{ROLLOUT}.enable_chunked_prefill", True))
    if tokens >= asked or (chunked and case.version >= (0, 7)):
        return findings
    # From 0.9 on verl raises it by itself and says so (vllm_async_server.py).
    severity = "warning" if case.version >= (0, 9) else "error"
    # Without max_model_len the engine asks for the whole context of the model: that is to be limited, not to be met.
    limit = given == 0 and asked > case.window
    best, best_key = (case.window, key) if limit and tokens >= case.window else (max(case.window, 2048, given), tokens_key)
    return findings + [made("PREFLIGHT_BATCHED_TOKENS", severity, [tokens_key, key], tokens=tokens, window=asked,
                            key=best_key, best=best)]


def group_of_one(case: Case) -> list[Finding]:
    """trainer/ppo/core_algos.py: with one answer a prompt GRPO's advantage is the raw score."""
    if case.at("algorithm.adv_estimator") != "grpo" or case.n > 1:
        return []
    return [made("PREFLIGHT_GRPO_SINGLE", "warning", [f"{ROLLOUT}.n"])]


def kl(case: Case) -> list[Finding]:
    """verl.md 3.1: since 0.4 kl_coef is read only with use_kl_in_reward."""
    in_reward, loss = bool(case.at("algorithm.use_kl_in_reward", False)), bool(case.at(f"{ACTOR}.use_kl_loss", False))
    findings = []
    key = "algorithm.kl_ctrl.kl_coef"
    if key in case.given and not in_reward and case.version >= (0, 4):
        findings.append(made("PREFLIGHT_KL_DEAD", "warning", [key, "algorithm.use_kl_in_reward"]))
    if f"{ACTOR}.kl_loss_coef" in case.given and not loss:
        findings.append(made("PREFLIGHT_KL_LOSS_DEAD", "warning", [f"{ACTOR}.kl_loss_coef", f"{ACTOR}.use_kl_loss"]))
    chosen = {f"{ACTOR}.use_kl_loss", "algorithm.use_kl_in_reward"} & case.given
    if not in_reward and not loss:
        findings.append(made("PREFLIGHT_NO_KL", "info" if chosen else "warning", [f"{ACTOR}.use_kl_loss"]))
    if in_reward and loss:
        findings.append(made("PREFLIGHT_KL_TWICE", "warning", [f"{ACTOR}.use_kl_loss", "algorithm.use_kl_in_reward"]))
    return findings


def smallest_batch(case: Case) -> list[Finding]:
    """Rule 17, utils/torch_functional.py masked_whiten: a step of one answer of one token cannot be normalised."""
    if case.batch * case.n > 1:
        return []
    return [made("PREFLIGHT_BATCH_ONE", "warning", ["data.train_batch_size", f"{ROLLOUT}.n"])]


def bucket(case: Case) -> list[Finding]:
    """Rule 18, vllm_rollout.py: the largest tensor, normally the embedding, passes through the bucket whole."""
    names = [f"{ROLLOUT}.checkpoint_engine.update_weights_bucket_megabytes", f"{ROLLOUT}.update_weights_bucket_megabytes"]
    key = next((name for name in names if case.at(name) is not None), None)
    vocabulary, hidden = case.number_of_model("vocab_size"), case.number_of_model("hidden_size")
    if key is None or not vocabulary or not hidden:
        return []
    each = 4 if str(case.at(f"{ROLLOUT}.dtype")) in ("float32", "fp32") else 2
    needed = -(-vocabulary * hidden * each // 2**20)
    if case.number(key) >= needed:
        return []
    return [made("PREFLIGHT_BUCKET_SMALL", "error", [key], key=key, bucket=case.number(key), needed=needed)]


def paths(case: Case) -> list[Finding]:
    """A trailing slash makes an empty name (utils/fs.py), "~" is not expanded everywhere."""
    findings = []
    for key in (f"{MODEL}.path", "critic.model.path"):
        if key.startswith("critic") and not uses_critic(case.config):
            continue
        path = str(case.at(key, ""))
        if len(path) > 1 and path.endswith("/"):
            findings.append(made("PREFLIGHT_PATH_SLASH", "error", [key], key=key, path=path, best=path.rstrip("/")))
    if "data.val_files" not in case.given and "data.train_files" in case.given:
        findings.append(made("PREFLIGHT_VAL_FILES", "error", ["data.val_files"]))
    return findings


def resume(case: Case) -> list[Finding]:
    """Rule 14, trainer/ppo/ray_trainer.py _load_checkpoint."""
    key = "trainer.resume_from_path"
    if case.at("trainer.resume_mode") != "resume_path":
        return []
    path = case.at(key)
    if isinstance(path, str) and "global_step_" in path:
        return []
    return [made("PREFLIGHT_RESUME_PATH", "error", [key], path=str(path))]

RULES: list[Callable[[Case], list[Finding]]] = [
    batch_over_gpus, micro_given, loss_mode, mini_in_batch, micro_in_mini, sequence_parallel, agent_workers,
    validation_sampling, parallel_sizes, engine_name, window, group_of_one, kl, smallest_batch, bucket, paths, resume,
]


def apply_rules(case: Case) -> list[Finding]:
    return [finding for rule in RULES for finding in rule(case)]
