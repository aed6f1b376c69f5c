"""The event protocol and the environment probe."""
from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

PYTHON = Path(__file__).resolve().parents[2] / "resources" / "python"


def run_with_events(argv: list[str], **env: str) -> tuple[subprocess.CompletedProcess[str], list[dict[str, Any]]]:
    """Run a helper script with an event descriptor of its own."""
    reading, writing = os.pipe()
    with open(reading, encoding="utf-8") as events:
        try:
            done = subprocess.run([sys.executable, *argv], pass_fds=[writing], capture_output=True, text=True, timeout=60,
                                  env={**os.environ, "LAUNCHPAD_EVENTS": str(writing), "PYTHONPATH": str(PYTHON), **env})
        finally:
            os.close(writing)
        return done, [json.loads(line) for line in events]


class Events(unittest.TestCase):
    def test_descriptor_keeps_streams_clean(self) -> None:
        code = ("import launchpad_events as e; e.progress(1, None, 'rows', 'x'); e.finding('A_B', 'info', n=1);"
                "e.result({'ü': 2}); e.fail('BAD', why='no')")
        done, events = run_with_events(["-c", code])
        self.assertEqual((done.returncode, done.stdout, done.stderr), (1, "", ""))
        self.assertEqual(events, [
            {"event": "progress", "done": 1, "total": None, "unit": "rows", "what": "x"},
            {"event": "finding", "code": "A_B", "severity": "info", "params": {"n": 1}},
            {"event": "result", "value": {"ü": 2}},
            {"event": "error", "code": "BAD", "params": {"why": "no"}}])

    def test_stdout_without_descriptor(self) -> None:
        done, events = run_with_events(["-c", "import launchpad_events as e; e.result(1)"], LAUNCHPAD_EVENTS="")
        self.assertEqual((json.loads(done.stdout), events), ({"event": "result", "value": 1}, []))


class Probe(unittest.TestCase):
    def test_every_kind_of_import(self) -> None:
        bodies = {
            "good_one": "__version__ = '1.2'\nprint('noise')", "bad_one": "raise ValueError('broken ü')",
            "leaves": "import sys; sys.exit(3)", "dies": "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
            "vanishes": "import os; os._exit(0)", "hangs": "import time; time.sleep(60)", "last_one": "",
        }
        with tempfile.TemporaryDirectory() as folder:
            for name, body in bodies.items():
                (Path(folder) / f"{name}.py").write_text(body, encoding="utf-8")
            done, events = run_with_events(
                [str(PYTHON / "probe_env.py"), "--modules", ",".join(bodies) + ",not_there_at_all", "--timeout", "3"],
                PYTHONPATH=folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        value = events[-1]["value"]
        errors = {module["name"]: module["error"] for module in value["modules"]}
        self.assertEqual(list(errors), [*bodies, "not_there_at_all"])
        self.assertIsNone(errors["good_one"])
        self.assertIsNone(errors["last_one"])
        self.assertEqual(errors["bad_one"], "ValueError: broken ü")
        self.assertIn("SystemExit", errors["leaves"])
        self.assertIn("SIGSEGV", errors["dies"])
        self.assertIn("Killed", errors["vanishes"])
        self.assertIn("Timeout", errors["hangs"])
        self.assertIn("ModuleNotFoundError", errors["not_there_at_all"])
        self.assertEqual(value["modules"][0]["version"], "1.2")
        self.assertIsNone(value["torch"])
        self.assertEqual(value["python"]["version"], sys.version.split()[0])


if __name__ == "__main__":
    unittest.main()
