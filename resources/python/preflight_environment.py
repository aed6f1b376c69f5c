"""What has to be installed and set for the configuration at hand (imports nothing that touches a card)."""
from __future__ import annotations

import importlib.util
import re
from importlib import metadata
from pathlib import Path
from typing import Any

from preflight_build import uses_critic
from preflight_report import Finding, describe, made

ALWAYS = ("verl", "ray", "hydra", "tensordict", "transformers", "torch", "datasets", "codetiming", "torchdata")
# trainer/main_ppo.py TaskRunnerV1 imports it, setup.py does not ask for it.
V1 = ("transfer_queue",)
# Loggers of verl/utils/tracking.py that need a package of their own.
LOGGERS = {"wandb": "wandb", "mlflow": "mlflow", "swanlab": "swanlab", "tensorboard": "tensorboard", "clearml": "clearml",
           "trackio": "trackio", "vemlp_wandb": "wandb"}
ENGINES = {"vllm": "vllm", "sglang": "sglang", "trtllm": "tensorrt_llm"}


def at(config: dict[str, Any], key: str, otherwise: Any = None) -> Any:
    node: Any = config
    for part in key.split("."):
        if not isinstance(node, dict) or part not in node:
            return otherwise
        node = node[part]
    return otherwise if node is None else node


def installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def version_numbers(text: str) -> tuple[int, ...]:
    """"0.6.1.post1" -> (0, 6, 1)."""
    return tuple(int(part) for part in re.findall(r"\d+", text.split("+")[0])[:3])


def loggers(config: dict[str, Any]) -> list[str]:
    value = at(config, "trainer.logger", [])
    return [value] if isinstance(value, str) else [str(one) for one in value]


def hard_coded(root: Path, file: str) -> bool:
    """Whether this part of verl asks for FlashAttention 2 whatever the configuration says."""
    try:
        text = (root / file).read_text(encoding="utf-8")
    except OSError:
        return False
    return 'attn_implementation="flash_attention_2"' in text


def patched(env: dict[str, str]) -> bool:
    """Whether our patch set changes what is read of verl's source when it is imported (resources/patches/startup)."""
    return bool(env.get("LAUNCHPAD_PATCHES"))


def flash_wanted(config: dict[str, Any], version: tuple[int, ...], patch: bool) -> list[tuple[str, str]]:
    """(option, why) of each place that imports FlashAttention; none: it is not needed."""
    wanted = []
    attention = at(config, "actor_rollout_ref.model.override_config.attn_implementation")
    # 0.9 has the same in plain torch beside it (utils/attention_utils.py).
    if at(config, "actor_rollout_ref.model.use_remove_padding", False) and version < (0, 9):
        wanted.append(("actor_rollout_ref.model.use_remove_padding", "padding"))
    if (attention or "flash_attention_2") == "flash_attention_2" and not (patch and attention):
        wanted.append(("actor_rollout_ref.model.override_config.attn_implementation", "attention"))
    if attention and version < (0, 6, 1) and not patch:
        wanted.append(("actor_rollout_ref.model.override_config.attn_implementation", "fixed"))
    return wanted


def critic_flash(config: dict[str, Any], root: Path, patch: bool) -> bool:
    """utils/model.py load_valuehead_model, in every version: no option reaches it."""
    return uses_critic(config) and not patch and hard_coded(root, "utils/model.py")


def check_modules(config: dict[str, Any], version: tuple[int, ...]) -> list[Finding]:
    needed = list(ALWAYS) + [LOGGERS[name] for name in loggers(config) if name in LOGGERS]
    if version >= (0, 9) and at(config, "trainer.use_v1", True):
        needed += V1
    missing = [name for name in dict.fromkeys(needed) if not installed(name)]
    findings = [made("PREFLIGHT_MODULE_MISSING", "error", [], module=name) for name in missing]
    return findings


def check_logger(config: dict[str, Any], env: dict[str, str]) -> list[Finding]:
    """wandb without a key asks for one on a terminal that nobody sits at."""
    if "wandb" not in loggers(config) or env.get("WANDB_API_KEY") or env.get("WANDB_MODE") in ("offline", "disabled"):
        return []
    if (Path.home() / ".netrc").is_file():
        return []
    return [made("PREFLIGHT_WANDB_KEY", "error", ["trainer.logger"])]


def check_flash(config: dict[str, Any], root: Path, version: tuple[int, ...], env: dict[str, str]) -> list[Finding]:
    if installed("flash_attn"):
        return []
    patch, findings = patched(env), []
    for key, why in flash_wanted(config, version, patch):
        code = {"padding": "PREFLIGHT_FLASH_PADDING", "attention": "PREFLIGHT_FLASH_ATTENTION",
                "fixed": "PREFLIGHT_FLASH_FIXED"}[why]
        findings.append(made(code, "error", [key]))
    if critic_flash(config, root, patch):
        findings.append(made("PREFLIGHT_CRITIC_FLASH", "error", ["algorithm.adv_estimator"]))
    return findings


def check_variables(config: dict[str, Any], env: dict[str, str], moved: dict[str, Any]) -> list[Finding]:
    findings = [made("PREFLIGHT_VARIABLE_OPTION" if row["use"] else "PREFLIGHT_VARIABLE_UNREAD", "warning", [row["name"]],
                     name=row["name"], use=row["use"], value=env[row["name"]])
                for row in moved["variables"] if row["name"] in env]
    for name in ("PYTORCH_CUDA_ALLOC_CONF", "PYTORCH_ALLOC_CONF"):
        # vllm/device_allocator/cumem.py: "Expandable segments are not compatible with memory pool."
        asked = "expandable_segments:true" in env.get(name, "").lower()
        if asked and at(config, "actor_rollout_ref.rollout.name") == "vllm":
            findings.append(made("PREFLIGHT_EXPANDABLE_SEGMENTS", "error", [name], name=name))
    return findings


def check_versions(version: tuple[int, ...]) -> list[Finding]:
    """verl.md 0: what is installed beside verl but cannot be read by it."""
    if not installed("transformers"):
        return []
    transformers = metadata.version("transformers")
    if version_numbers(transformers) >= (5,) and version <= (0, 7, 0):
        return [made("PREFLIGHT_TRANSFORMERS_NEW", "error", [], installed=transformers)]
    return []


def check_engine(config: dict[str, Any], root: Path, version: tuple[int, ...], gpu: bool,
                 capability: tuple[int, int] | None) -> list[Finding]:
    """The engine is looked for, never imported: its import takes a minute and wants a card."""
    name = str(at(config, "actor_rollout_ref.rollout.name", ""))
    key = "actor_rollout_ref.rollout.name"
    if name in ("", "???"):
        return []
    if name == "hf":
        there = version < (0, 6) and (root / "workers" / "rollout" / "hf_rollout.py").is_file()
        return [] if there else [made("PREFLIGHT_ENGINE_UNKNOWN", "error", [key], name=name, known="vllm, sglang")]
    if not (root / "workers" / "rollout" / f"{name}_rollout").is_dir():
        known = ", ".join(known_engines(root, version))
        return [made("PREFLIGHT_ENGINE_UNKNOWN", "error", [key], name=name, known=known)]
    module = ENGINES.get(name, name)
    if not installed(module):
        # Where there is no card the environment may well be one without an engine, too.
        return [made("PREFLIGHT_ENGINE_MISSING", "error" if gpu else "warning", [key], name=name)]
    if name != "vllm" or capability is None:
        return []
    # docs.vllm.ai: 7.0 up to 0.14, 7.5 after.
    least = (7, 0) if version_numbers(metadata.version(module)) < (0, 15) else (7, 5)
    if capability < least:
        return [made("PREFLIGHT_ENGINE_CAPABILITY", "error", [key], name=name, capability=f"{capability[0]}.{capability[1]}",
                     least=f"{least[0]}.{least[1]}")]
    return []


def known_engines(root: Path, version: tuple[int, ...]) -> list[str]:
    folders = [path for path in (root / "workers" / "rollout").glob("*_rollout") if path.is_dir()]
    names = sorted(path.name.removesuffix("_rollout") for path in folders)
    return names + (["hf"] if version < (0, 6) else [])


def check_import() -> list[Finding]:
    """verl itself, as the trainer imports it."""
    try:
        import verl.trainer.main_ppo  # noqa: F401
    except Exception as problem:
        return [made("PREFLIGHT_VERL_IMPORT", "error", [], detail=describe(problem))]
    return []
