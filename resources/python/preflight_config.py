"""The configuration as the installed verl composes and reads it (needs verl and hydra).

A mistake does not hide the next one: an override that Hydra refuses is reported and taken out, and the rest goes on.
"""
from __future__ import annotations

import difflib
import importlib.util
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterator

from preflight_report import Finding, describe, made

CONFIG = "ppo_trainer"


def verl_root() -> Path:
    """The installed package, found without importing it."""
    spec = importlib.util.find_spec("verl")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("No module named 'verl'")
    return Path(spec.origin).parent


@dataclass
class Composed:
    """What Hydra made of the overrides that it took, and what it did not take."""
    config: Any
    base: Any
    findings: list[Finding] = field(default_factory=list)
    given: dict[str, Any] = field(default_factory=dict)
    """Options of the command line that were taken, with their values."""


def has(config: Any, key: str) -> bool:
    """Whether the key is there, with a value or with none; "???" counts as there."""
    node = config
    for part in key.split("."):
        if not hasattr(node, "keys") or part not in node.keys():
            return False
        node = node._get_node(part)
    return True


def keys_of(config: Any, before: str = "") -> Iterator[str]:
    """Every key with dots, nodes and leaves."""
    for name in config.keys():
        key = f"{before}{name}"
        yield key
        node = config._get_node(name)
        if hasattr(node, "keys") and not node._is_none() and not node._is_missing() and not node._is_interpolation():
            yield from keys_of(node, f"{key}.")


def load_moved(folder: Path) -> dict[str, Any]:
    import yaml  # Hydra needs it, so it is where verl is
    with open(folder / "moved-keys.yaml", encoding="utf-8") as file:
        return yaml.safe_load(file)


class Composer:
    """Composes with Hydra's own API over verl/trainer/config; `moved` is resources/verl/moved-keys.yaml."""

    def __init__(self, root: Path, moved: dict[str, Any]) -> None:
        from hydra import compose, initialize_config_dir
        self.root, self.moved = root, {row["key"]: row["use"] for row in moved["keys"]}
        self._compose = lambda words: self._within(initialize_config_dir, compose, words)
        self.base = self._compose([])
        self.known = list(keys_of(self.base))

    def _within(self, place: Any, compose: Any, words: list[str]) -> Any:
        with place(config_dir=str(self.root / "trainer" / "config"), version_base=None):
            return compose(CONFIG, overrides=words)

    def compose(self, overrides: list[str]) -> Composed:
        findings: list[Finding] = []
        good = []
        for word in overrides:
            unreadable = self.unreadable(word)
            findings += unreadable
            # In quotes Hydra takes the value as it is: what else is wrong with it can be seen so.
            word = unreadable[0]["params"].get("best", "") if unreadable else word
            key, found = self.read(word) if word else ("", [])
            findings += found
            if word and not any(one["severity"] == "error" for one in found):
                good.append((key, word))
        config = self.composed_of(good, findings)
        for key, word in list(good):
            wrong = self.typed(key, word, config) if dict(good)[key] == word else []
            if wrong:
                findings += wrong
                good = [one for one in good if one[0] != key]
        config = self.composed_of(good, findings)
        return Composed(config, self.base, findings, {key: value_of(config, key) for key, _word in good})

    def composed_of(self, good: list[tuple[str, str]], findings: list[Finding]) -> Any:
        """Composes; what Hydra refuses is reported and leaves `good`."""
        while True:
            try:
                return self._compose([word for _key, word in good])
            except Exception as problem:  # Hydra's and OmegaConf's many kinds
                key, word = good.pop(self.refused(good, str(problem)))
                detail = describe(problem)
                findings.append(made("PREFLIGHT_OVERRIDE_REFUSED", "error", [key], override=word, detail=detail))

    def refused(self, good: list[tuple[str, str]], message: str) -> int:
        """Which override the message is about: the one it names, else the first that cannot be composed alone."""
        named = [index for index, (key, word) in enumerate(good) if word in message or f"'{key}'" in message]
        if len(named) == 1:
            return named[0]
        for index, (_key, word) in enumerate(good):
            try:
                self._compose([word])
            except Exception:
                return index
        return len(good) - 1

    def read(self, word: str) -> tuple[str, list[Finding]]:
        """(key, findings) of one word of the command line, as Hydra's grammar reads it."""
        parsed = parse(word)
        key = parsed.key_or_group
        if "/" in key or parsed.package is not None or parsed.is_delete() or key in ("hydra", "hydra.run.dir"):
            return key, []
        if key.startswith("hydra.") or self.is_group(key):
            return key, []
        there = has(self.base, key)
        if parsed.is_force_add():
            return key, [] if there else self.unread(key, word)
        if parsed.is_add():
            if there:
                return key, [made("PREFLIGHT_PLUS_TOO_MANY", "error", [key], key=key, override=word)]
            return key, self.unread(key, word)
        return key, [] if there else [self.missing(key, word)]

    def unreadable(self, word: str) -> list[Finding]:
        """Whether Hydra's grammar refuses the word, and how it would take it: outside quotes there are only ASCII
        letters, digits and a few signs, which a path of somebody's own language is not."""
        try:
            parse(word)
            return []
        except Exception as problem:
            detail = describe(problem).split("\nSee ")[0]
        key, _, value = word.partition("=")
        best = f"{key}='" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
        name = key.lstrip("+~")
        try:
            parse(best)
        except Exception:
            return [made("PREFLIGHT_OVERRIDE_UNREADABLE", "error", [name], key=name, override=word, detail=detail)]
        # Brackets are a list or a table that was meant as one: in quotes it would be a text.
        if not value or value[0] in "[{'\"" or value[-1] in "]}'\"":
            return [made("PREFLIGHT_OVERRIDE_UNREADABLE", "error", [name], key=name, override=word, detail=detail)]
        return [made("PREFLIGHT_OVERRIDE_UNQUOTED", "error", [name], key=name, override=word, best=best)]

    def is_group(self, key: str) -> bool:
        return (self.root / "trainer" / "config" / key).is_dir() and not has(self.base, key)

    def missing(self, key: str, word: str) -> Finding:
        use = self.replacement(key)
        if use is not None:
            return made("PREFLIGHT_KEY_MOVED", "error", [key], key=key, use=use, value=word.split("=", 1)[-1])
        if self.open(key):
            return made("PREFLIGHT_PLUS_MISSING", "error", [key], key=key, override=word)
        near = self.nearest(key)
        if near is None:
            return made("PREFLIGHT_KEY_UNKNOWN", "error", [key], key=key)
        return made("PREFLIGHT_KEY_NEAR", "error", [key], key=key, use=near, value=word.split("=", 1)[-1])

    def unread(self, key: str, word: str) -> list[Finding]:
        """Findings on an added key: one that nothing reads does not do what the person thinks."""
        if key in self.moved:
            use = self.replacement(key)
            if use is not None:
                value = word.split("=", 1)[-1]
                return [made("PREFLIGHT_KEY_IGNORED", "warning", [key], key=key, use=use, value=value)]
            return [made("PREFLIGHT_KEY_UNREAD", "warning", [key], key=key)]
        if self.open(key):
            return []
        name = self.first_new(key)
        if any(re.search(rf"\b{re.escape(name)}\b", text) for text in self.sources()):
            return []
        near = self.nearest(key)
        if near is None:
            return [made("PREFLIGHT_KEY_UNREAD", "warning", [key], key=key)]
        value = word.split("=", 1)[-1]
        return [made("PREFLIGHT_KEY_IGNORED", "warning", [key], key=key, use=near, value=value)]

    def replacement(self, key: str) -> str | None:
        return next((use for use in self.moved.get(key, []) if use != key and has(self.base, use)), None)

    def nearest(self, key: str) -> str | None:
        """The key that was meant: the same name elsewhere, or one spelt nearly so."""
        close = difflib.get_close_matches(key, self.known, n=1, cutoff=0.85)
        if close:
            return close[0]
        name = key.rsplit(".", 1)[-1]
        same = [one for one in self.known if one.rsplit(".", 1)[-1] == name]
        return next(iter(difflib.get_close_matches(key, same, n=1, cutoff=0.4)), None)

    def open(self, key: str) -> bool:
        """Whether it lies in a table that takes any name ("{}" in verl's YAML: override_config, engine_kwargs.vllm)."""
        parts = key.split(".")
        for length in range(len(parts) - 1, 0, -1):
            parent = ".".join(parts[:length])
            if has(self.base, parent):
                node = select(self.base, parent)
                return node is None or (hasattr(node, "keys") and len(node) == 0) or "kwargs" in parent
        return False

    def first_new(self, key: str) -> str:
        parts = key.split(".")
        new = (part for index, part in enumerate(parts) if not has(self.base, ".".join(parts[:index + 1])))
        return next(new, parts[-1])

    def sources(self) -> list[str]:
        """verl's code, read once."""
        if not hasattr(self, "_texts"):
            files = sorted(self.root.rglob("*.py"))
            self._texts = [path.read_text(encoding="utf-8", errors="replace") for path in files]
        return self._texts

    def typed(self, key: str, word: str, config: Any) -> list[Finding]:
        """A value of another kind than verl's own default breaks at its first use, long after the start."""
        if not has(self.base, key):
            return []
        before, now = value_of(self.base, key), value_of(config, key)
        if fits(before, now):
            return []
        shown = word.split("=", 1)[-1]
        return [made("PREFLIGHT_WRONG_TYPE", "error", [key], key=key, value=shown, default=str(before))]


def parse(word: str) -> Any:
    from hydra.core.override_parser.overrides_parser import OverridesParser
    return OverridesParser.create().parse_override(word)


def fits(before: Any, now: Any) -> bool:
    if before is None or now is None or isinstance(before, str):
        return True
    if isinstance(before, bool) or isinstance(now, bool):
        return isinstance(before, bool) and isinstance(now, bool) or isinstance(now, str) and "${" in now
    if isinstance(before, (int, float)):
        whole = isinstance(before, float) or not isinstance(now, float) or now.is_integer()
        return isinstance(now, (int, float)) and whole or isinstance(now, str) and "${" in now
    return not isinstance(before, dict) or isinstance(now, dict)


def select(config: Any, key: str) -> Any:
    from omegaconf import OmegaConf
    try:
        return OmegaConf.select(config, key)
    except Exception:  # an interpolation that leads nowhere yet
        return None


def value_of(config: Any, key: str) -> Any:
    from omegaconf import OmegaConf
    value = select(config, key)
    return OmegaConf.to_container(value, resolve=False) if OmegaConf.is_config(value) else value


def plain(config: Any) -> dict[str, Any]:
    """The whole configuration as plain Python, interpolations resolved where they can be."""
    from omegaconf import OmegaConf
    try:
        return OmegaConf.to_container(config, resolve=True)
    except Exception:
        return OmegaConf.to_container(config, resolve=False)
