"""The patch set for verl 0.5.0 and the hook that applies it (no verl needed)."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
STARTUP, PASCAL = RESOURCES / "patches" / "startup", RESOURCES / "patches" / "verl-0.5.0-pascal.json"
WORKER = "import os\n\nDTYPE = 'bfloat16'\n\n\ndef fail():\n    raise ValueError(DTYPE)\n"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A folder with a package verl: verl/workers/actor.py has the line that is patched."""
    for file, text in {
        "__init__.py": "",
        "workers/__init__.py": "",
        "workers/actor.py": WORKER,
        "other.py": "VALUE = 'bfloat16'\n",
    }.items():
        path = tmp_path / "site" / "verl" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "site"


def patch_file(folder: Path, **changes: Any) -> Path:
    """A patch set for that package."""
    replacement = {
        "why": "No bf16.",
        "count": 1,
        "old": "DTYPE = 'bfloat16'",
        "new": "import verl_patches; DTYPE = verl_patches.dtype_name(None)",
    }
    entry = {"file": "verl/workers/actor.py", "sha256": hashlib.sha256(WORKER.encode()).hexdigest()}
    entry |= {key: changes.pop(key) for key in ("sha256", "file") if key in changes}
    path = folder / "set.json"
    path.write_text(
        json.dumps(
            {
                "format": 1,
                "name": "t",
                "package": "verl",
                "version": "0",
                "why": "",
                "files": [{**entry, "replacements": [{**replacement, **changes}]}],
            }
        ),
        encoding="utf-8",
    )
    return path


def python(site: Path, patches: Path | None, *argv: str, **env: str) -> subprocess.CompletedProcess[str]:
    """A new interpreter with the startup folder and the package on its path."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("LAUNCHPAD_")}
    given = {"LAUNCHPAD_PATCHES": str(patches)} if patches else {}
    return subprocess.run(
        [sys.executable, *argv],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env={**clean, "PYTHONPATH": os.pathsep.join([str(STARTUP), str(site)]), **given, **env},
    )


def test_patched_in_every_process_and_unpatched_without_the_variable(package: Path, tmp_path: Path) -> None:
    code = "import verl.workers.actor as a, verl.other as o; print(a.DTYPE, o.VALUE, a.__file__)"
    nested = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {code!r}])"
    patches, file = patch_file(tmp_path), str(package / "verl" / "workers" / "actor.py")
    assert python(package, None, "-c", code).stdout.split() == ["bfloat16", "bfloat16", file]
    assert python(package, patches, "-c", nested).stdout.split() == ["float32", "bfloat16", file]
    assert python(package, patches, "-c", code, LAUNCHPAD_DTYPE="float16").stdout.split()[0] == "float16"
    # The .pyc that the run without patches wrote was not used, and the patched run wrote none.
    assert python(package, None, "-c", code).stdout.split()[0] == "bfloat16"
    assert Path(file).read_text(encoding="utf-8") == WORKER


def test_tracebacks_show_the_installed_lines(package: Path, tmp_path: Path) -> None:
    done = python(package, patch_file(tmp_path), "-c", "import verl.workers.actor as a; a.fail()")
    assert 'actor.py", line 7, in fail\n    raise ValueError(DTYPE)' in done.stderr
    assert "ValueError: float32" in done.stderr


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sha256": "0" * 64}, ["verl/workers/actor.py", "0" * 64, hashlib.sha256(WORKER.encode()).hexdigest()]),
        ({"file": "verl/workers/moved.py"}, ["verl/workers/moved.py is missing"]),
    ],
)
def test_another_version_cannot_be_imported_at_all(
    package: Path, tmp_path: Path, changes: dict[str, Any], words: list[str]
) -> None:
    done = python(package, patch_file(tmp_path, **changes), "-c", "import verl")
    assert done.returncode == 1 and "ImportError" in done.stderr
    assert all(word in done.stderr for word in words), done.stderr


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"count": 2}, "replacement 1 matches 1 times instead of 2"),
        ({"old": "DTYPE = 'float64'"}, "replacement 1 matches 0 times instead of 1"),
        ({"new": "DTYPE = 1\n"}, "replacement 1 changes the number of lines"),
    ],
)
def test_a_replacement_that_does_not_fit(package: Path, tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    done = python(package, patch_file(tmp_path, **changes), "-c", "import verl.workers.actor")
    assert done.returncode == 1 and "ImportError: verl/workers/actor.py" in done.stderr and words in done.stderr


@pytest.mark.parametrize("text", [None, "{", '{"format": 2}', '{"format": 1}'])
def test_a_set_that_cannot_be_read_ends_the_process(package: Path, tmp_path: Path, text: str | None) -> None:
    patches = tmp_path / "set.json"
    if text is not None:
        patches.write_text(text, encoding="utf-8")
    done = python(package, patches, "-c", "print('ran')")
    assert done.returncode != 0 and done.stdout == "" and "cannot use the patch set" in done.stderr


def test_a_hidden_sitecustomize_still_runs(package: Path, tmp_path: Path) -> None:
    (package / "sitecustomize.py").write_text("print('theirs')\n", encoding="utf-8")
    assert python(package, None, "-c", "print('ours')").stdout.split() == ["theirs", "ours"]
    assert python(
        package, patch_file(tmp_path), "-c", "import verl.workers.actor as a; print(a.DTYPE)"
    ).stdout.split() == ["theirs", "float32"]


def tool(site: Path, patches: Path, command: str) -> subprocess.CompletedProcess[str]:
    return python(site, None, str(RESOURCES / "python" / "verl_patches.py"), command, "--patches", str(patches))


def test_check_and_diff(package: Path, tmp_path: Path) -> None:
    patches = patch_file(tmp_path)
    done = tool(package, patches, "check")
    assert (done.returncode, json.loads(done.stdout)) == (0, [{"file": "verl/workers/actor.py", "state": "ok"}])
    lines = tool(package, patches, "diff").stdout.splitlines()
    assert lines[:3] == ["# No bf16.", "--- a/verl/workers/actor.py", "+++ b/verl/workers/actor.py"]
    assert "-DTYPE = 'bfloat16'" in lines
    (package / "verl" / "workers" / "actor.py").write_text("", encoding="utf-8")
    done = tool(package, patches, "check")
    assert (done.returncode, json.loads(done.stdout)) == (1, [{"file": "verl/workers/actor.py", "state": "digest"}])
    done = tool(package, patches, "diff")
    assert (done.returncode, done.stdout) == (1, "# No bf16.\n") or "sha256" in done.stderr


def test_check_without_verl(tmp_path: Path) -> None:
    states = json.loads(tool(tmp_path, PASCAL, "check").stdout)
    assert {row["state"] for row in states} == {"missing"} and len(states) == 5


def test_the_pascal_set_is_well_formed() -> None:
    patches = json.loads(PASCAL.read_text(encoding="utf-8"))
    for entry in patches["files"]:
        assert len(entry["sha256"]) == 64
        for replacement in entry["replacements"]:
            assert replacement["why"].endswith(".") and replacement["old"] != replacement["new"]
            assert replacement["old"].count("\n") == replacement["new"].count("\n")


SOURCE = os.environ.get("LAUNCHPAD_VERL_SOURCE", "")


@pytest.mark.skipif(not SOURCE, reason="LAUNCHPAD_VERL_SOURCE names no unpacked verl 0.5.0 wheel")
def test_the_pascal_set_fits_the_real_wheel(tmp_path: Path) -> None:
    done = tool(Path(SOURCE), PASCAL, "check")
    assert done.returncode == 0, done.stdout
    lines = [
        line
        for line in tool(Path(SOURCE), PASCAL, "diff").stdout.splitlines()
        if line.startswith("+") and not line.startswith("+++")
    ]
    assert not [line for line in lines if "flash_attention_2" in line or "torch.bfloat16" in line]
    # Every patched file still compiles.
    code = (
        "import json, sys; from pathlib import Path; import verl_patches as v\n"
        "for e in v.read_patches(Path(sys.argv[1]))['files']:\n"
        "    v.PatchedLoader(v.module_name(e['file']), str(Path(sys.argv[2]) / e['file']), e).get_code('x')"
    )
    done = python(RESOURCES / "python", None, "-c", code, str(PASCAL), SOURCE)
    assert done.returncode == 0, done.stderr
