"""Lets the installed verl read a composed configuration: its workers' objects, and its own checks (needs verl)."""
from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Iterator

from preflight_report import Finding, describe, made

MISSING = "???"


def uses_critic(config: dict[str, Any]) -> bool:
    """verl/trainer/ppo/utils.py need_critic, in every version."""
    enabled = (config.get("critic") or {}).get("enable")
    return bool(enabled) if enabled is not None else config["algorithm"]["adv_estimator"] == "gae"


def uses_reference(config: dict[str, Any]) -> bool:
    """verl/trainer/ppo/utils.py need_reference_policy."""
    return bool(config["algorithm"].get("use_kl_in_reward") or config["actor_rollout_ref"]["actor"].get("use_kl_loss"))


def targets(config: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """(key, node) of the topmost nodes that verl makes an object of."""
    if "_target_" in config:
        yield before.rstrip("."), config
        return
    for name in config.keys():
        node = config._get_node(name)
        if hasattr(node, "keys") and not node._is_none() and not node._is_missing() and not node._is_interpolation():
            yield from targets(node, f"{before}{name}.")


def unused_roles(settings: dict[str, Any]) -> tuple[str, ...]:
    """Parts of the configuration that nothing is made of, by the beginning of their keys."""
    unused = [] if uses_critic(settings) else ["critic"]
    if not (settings.get("reward_model") or {}).get("enable"):
        unused.append("reward_model")
    if not ((settings.get("reward") or {}).get("reward_model") or {}).get("enable"):
        unused.append("reward.reward_model")
    if not (settings.get("distillation") or {}).get("enabled"):
        unused.append("distillation")
    return tuple(unused)


def within(key: str, parts: tuple[str, ...]) -> bool:
    return any(key == part or key.startswith(f"{part}.") for part in parts)


def missing_keys(config: Any, settings: dict[str, Any]) -> list[str]:
    from omegaconf import OmegaConf
    unused = unused_roles(settings)
    return sorted(key for key in OmegaConf.missing_keys(config) if not within(key, unused))


# What the workers and the trainer of every version make objects of: each such node that the version has. The rest is
# read as it is, or made into an object in ways of its own (0.9's ref and reward).
BUILT = ("actor_rollout_ref.actor", "actor_rollout_ref.rollout", "actor_rollout_ref.model",
         "actor_rollout_ref.ref.fsdp_config", "critic", "algorithm")


def build(config: Any, settings: dict[str, Any]) -> list[Finding]:
    """What verl says while it builds its objects; a role that is not used is not built."""
    from verl.utils.config import omega_conf_to_dataclass

    unused = unused_roles(settings)
    findings = []
    for key, node in targets(config):
        if within(key, unused) or key not in BUILT:
            continue
        try:
            omega_conf_to_dataclass(node)
        except Exception as problem:  # Hydra wraps whatever the object raised
            cause = root_cause(problem)
            findings.append(made("PREFLIGHT_VERL_REFUSES", "error", [key], node=key, detail=describe(cause)))
    return findings


def root_cause(problem: BaseException) -> BaseException:
    while problem.__cause__ is not None:
        problem = problem.__cause__
    return problem


def validate(config: Any, settings: dict[str, Any]) -> list[Finding]:
    """verl's own check of the whole (validate_config); it stops at the first mistake."""
    critic, reference = uses_critic(settings), uses_reference(settings)
    try:
        from verl.utils.config import validate_config
    except ImportError:  # before 0.6 it was a method of the trainer that reads these three alone
        from verl.trainer.ppo.ray_trainer import RayPPOTrainer
        trainer = SimpleNamespace(config=config, use_critic=critic, use_reference_policy=reference)

        def validate_config(**_unused: Any) -> None:
            RayPPOTrainer._validate_config(trainer)  # type: ignore[arg-type]
    try:
        validate_config(config=config, use_reference_policy=reference, use_critic=critic)
    except Exception as problem:
        detail = describe(root_cause(problem))
        return [made("PREFLIGHT_VERL_REFUSES", "error", [], node="validate_config", detail=detail)]
    return []


def read_by_verl(config: Any, settings: dict[str, Any]) -> list[Finding]:
    missing = missing_keys(config, settings)
    if missing:
        return [made("PREFLIGHT_VALUE_MISSING", "error", [key], key=key) for key in missing]
    built = build(config, settings)
    told = {one["params"]["detail"] for one in built}
    return built + [one for one in validate(config, settings) if one["params"]["detail"] not in told]
