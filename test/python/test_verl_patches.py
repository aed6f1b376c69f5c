"""The patch set for verl 0.5.0 and the hook that applies it (no verl needed)."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
STARTUP, PASCAL = RESOURCES / "patches" / "startup", RESOURCES / "patches" / "verl-0.5.0-pascal.json"
SOURCE = os.environ.get("LAUNCHPAD_VERL_SOURCE", "")
WORKER = "import os\n\nDTYPE = 'bfloat16'\n\n\ndef fail():\n    raise ValueError(DTYPE)\n"


def make_package(folder: Path) -> Path:
    """A folder with a package verl: verl/workers/actor.py has the line that is patched."""
    for file, text in {
        "__init__.py": "",
        "workers/__init__.py": "",
        "workers/actor.py": WORKER,
        "other.py": "VALUE = 'bfloat16'\n",
    }.items():
        path = folder / "site" / "verl" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "site"


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


def tool(site: Path, patches: Path, command: str) -> subprocess.CompletedProcess[str]:
    return python(site, None, str(RESOURCES / "python" / "verl_patches.py"), command, "--patches", str(patches))


class PatchSet(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.package = make_package(self.folder)

    def test_patched_in_every_process_and_unpatched_without_the_variable(self) -> None:
        code = "import verl.workers.actor as a, verl.other as o; print(a.DTYPE, o.VALUE, a.__file__)"
        nested = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {code!r}])"
        patches, file = patch_file(self.folder), str(self.package / "verl" / "workers" / "actor.py")
        self.assertEqual(python(self.package, None, "-c", code).stdout.split(), ["bfloat16", "bfloat16", file])
        self.assertEqual(python(self.package, patches, "-c", nested).stdout.split(), ["float32", "bfloat16", file])
        given = python(self.package, patches, "-c", code, LAUNCHPAD_DTYPE="float16")
        self.assertEqual(given.stdout.split()[0], "float16")
        # The .pyc that the run without patches wrote was not used, and the patched run wrote none.
        self.assertEqual(python(self.package, None, "-c", code).stdout.split()[0], "bfloat16")
        self.assertEqual(Path(file).read_text(encoding="utf-8"), WORKER)

    def test_tracebacks_show_the_installed_lines(self) -> None:
        done = python(self.package, patch_file(self.folder), "-c", "import verl.workers.actor as a; a.fail()")
        self.assertIn('actor.py", line 7, in fail\n    raise ValueError(DTYPE)', done.stderr)
        self.assertIn("ValueError: float32", done.stderr)

    def test_another_version_cannot_be_imported_at_all(self) -> None:
        digest = hashlib.sha256(WORKER.encode()).hexdigest()
        for changes, words in (
            ({"sha256": "0" * 64}, ["verl/workers/actor.py", "0" * 64, digest]),
            ({"file": "verl/workers/moved.py"}, ["verl/workers/moved.py is missing"]),
        ):
            with self.subTest(changes=changes):
                done = python(self.package, patch_file(self.folder, **changes), "-c", "import verl")
                self.assertEqual(done.returncode, 1)
                for word in ["ImportError", *words]:
                    self.assertIn(word, done.stderr)

    def test_a_replacement_that_does_not_fit(self) -> None:
        for changes, words in (
            ({"count": 2}, "replacement 1 matches 1 times instead of 2"),
            ({"old": "DTYPE = 'float64'"}, "replacement 1 matches 0 times instead of 1"),
            ({"new": "DTYPE = 1\n"}, "replacement 1 changes the number of lines"),
        ):
            with self.subTest(changes=changes):
                done = python(self.package, patch_file(self.folder, **changes), "-c", "import verl.workers.actor")
                self.assertEqual(done.returncode, 1)
                self.assertIn("ImportError: verl/workers/actor.py", done.stderr)
                self.assertIn(words, done.stderr)

    def test_a_set_that_cannot_be_read_ends_the_process(self) -> None:
        patches = self.folder / "set.json"
        for text in (None, "{", '{"format": 2}', '{"format": 1}'):
            with self.subTest(text=text):
                if text is not None:
                    patches.write_text(text, encoding="utf-8")
                done = python(self.package, patches, "-c", "print('ran')")
                self.assertNotEqual(done.returncode, 0)
                self.assertEqual(done.stdout, "")
                self.assertIn("cannot use the patch set", done.stderr)

    def test_a_hidden_sitecustomize_still_runs(self) -> None:
        (self.package / "sitecustomize.py").write_text("print('theirs')\n", encoding="utf-8")
        self.assertEqual(python(self.package, None, "-c", "print('ours')").stdout.split(), ["theirs", "ours"])
        code = "import verl.workers.actor as a; print(a.DTYPE)"
        done = python(self.package, patch_file(self.folder), "-c", code)
        self.assertEqual(done.stdout.split(), ["theirs", "float32"])

    def test_check_and_diff(self) -> None:
        patches = patch_file(self.folder)
        file = "verl/workers/actor.py"
        done = tool(self.package, patches, "check")
        self.assertEqual((done.returncode, json.loads(done.stdout)), (0, [{"file": file, "state": "ok"}]))
        lines = tool(self.package, patches, "diff").stdout.splitlines()
        self.assertEqual(lines[:3], ["# No bf16.", f"--- a/{file}", f"+++ b/{file}"])
        self.assertIn("-DTYPE = 'bfloat16'", lines)
        (self.package / "verl" / "workers" / "actor.py").write_text("", encoding="utf-8")
        done = tool(self.package, patches, "check")
        self.assertEqual((done.returncode, json.loads(done.stdout)), (1, [{"file": file, "state": "digest"}]))

    def test_check_without_verl(self) -> None:
        states = json.loads(tool(self.folder, PASCAL, "check").stdout)
        self.assertEqual([row["state"] for row in states], ["missing"] * 5)

    def test_the_pascal_set_is_well_formed(self) -> None:
        for entry in json.loads(PASCAL.read_text(encoding="utf-8"))["files"]:
            self.assertEqual(len(entry["sha256"]), 64)
            for replacement in entry["replacements"]:
                self.assertTrue(replacement["why"].endswith("."))
                self.assertNotEqual(replacement["old"], replacement["new"])
                self.assertEqual(replacement["old"].count("\n"), replacement["new"].count("\n"))

    @unittest.skipUnless(SOURCE, "LAUNCHPAD_VERL_SOURCE names no unpacked verl 0.5.0 wheel")
    def test_the_pascal_set_fits_the_real_wheel(self) -> None:
        done = tool(Path(SOURCE), PASCAL, "check")
        self.assertEqual(done.returncode, 0, done.stdout)
        added = [line for line in tool(Path(SOURCE), PASCAL, "diff").stdout.splitlines() if line.startswith("+")]
        self.assertFalse([line for line in added if "flash_attention_2" in line or "torch.bfloat16" in line])
        # Every patched file still compiles.
        code = (
            "import json, sys; from pathlib import Path; import verl_patches as v\n"
            "for e in v.read_patches(Path(sys.argv[1]))['files']:\n"
            "    v.PatchedLoader(v.module_name(e['file']), str(Path(sys.argv[2]) / e['file']), e).get_code('x')"
        )
        done = python(RESOURCES / "python", None, "-c", code, str(PASCAL), SOURCE)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
