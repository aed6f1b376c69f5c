"""The run supervisor, observed from outside: folders in, files and processes out."""
from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from typing import Any, Callable

SUPERVISOR = Path(__file__).resolve().parents[2] / "resources" / "python" / "run_supervisor.py"
PATIENCE = 30.0  # seconds; only a broken supervisor waits that long


def wait_for(condition: Callable[[], Any], what: str) -> Any:
    """Poll until the condition gives something true; fail loudly instead of hanging."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"waited in vain for {what}")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] != b"Z"
    except OSError:
        return False


class Run:
    """A run folder with a Python program as its child."""

    def __init__(self, case: unittest.TestCase, code: str = "", name: str = "run", **spec: Any) -> None:
        base = Path(tempfile.mkdtemp(prefix="supervisor-"))
        case.addCleanup(shutil.rmtree, base, ignore_errors=True)
        self.folder = base / name
        self.folder.mkdir()
        shutil.copytree(SUPERVISOR.parent, self.folder / "code", ignore=shutil.ignore_patterns("__pycache__"))
        self.spec = {
            "version": 1, "id": "r", "token": f"token-{base.name}", "argv": [sys.executable, "-c", code],
            "cwd": str(base), "env": {}, "unsetEnv": [], "terminal": {"columns": 80, "rows": 24},
            "stop": {"interruptSeconds": 0.5, "terminateSeconds": 0.5, "leftoverSeconds": 0.5}, "more": None, **spec,
        }
        (self.folder / "spec.json").write_text(json.dumps(self.spec), encoding="utf-8")
        self.argv = [sys.executable, str(self.folder / "code" / "run_supervisor.py"), str(self.folder)]
        self.process: subprocess.Popen[bytes] | None = None
        case.addCleanup(self.close)

    def start(self, **options: Any) -> "Run":
        self.process = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, **options)
        return self

    def close(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait()
            for stream in (self.process.stdout, self.process.stderr):
                if stream:
                    stream.close()

    def stop(self, mode: str) -> None:
        (self.folder / "stop.tmp").write_text(json.dumps({"mode": mode}))
        (self.folder / "stop.tmp").rename(self.folder / "stop.json")

    def json(self, name: str) -> dict[str, Any] | None:
        try:
            return json.loads((self.folder / name).read_bytes())
        except FileNotFoundError:
            return None

    def exit(self) -> dict[str, Any]:
        value = wait_for(lambda: self.json("exit.json"), "exit.json")
        if self.process:
            self.process.wait(PATIENCE)
        return value

    def log(self) -> bytes:
        return (self.folder / "raw.log").read_bytes() if (self.folder / "raw.log").exists() else b""

    def wait_log(self, text: bytes) -> bytes:
        wait_for(lambda: text in self.log(), f"{text!r} in raw.log")
        return self.log()


class Ends(unittest.TestCase):
    def test_normal_end(self) -> None:
        run = Run(self, "print('hello'); raise SystemExit(7)").start()
        end = run.exit()
        self.assertEqual(run.process.returncode, 0)
        self.assertEqual((end["code"], end["signal"], end["stopped"], end["leftovers"], end["error"]),
                         (7, None, None, 0, None))
        self.assertEqual(run.log(), b"hello\n")
        self.assertEqual(end["logBytes"], 6)
        self.assertGreaterEqual(end["endedAt"], end["startedAt"])
        self.assertGreater(end["diskFreeBytes"], 0)
        self.assertEqual(set(end["oom"]), {"before", "after"})
        self.assertEqual(run.json("state.json")["phase"], "ended")

    def test_signal_end(self) -> None:
        end = Run(self, "import os; os.kill(os.getpid(), 11)").start().exit()
        self.assertEqual((end["code"], end["signal"], end["stopped"]), (None, 11, None))

    def test_missing_program(self) -> None:
        for argv in (["/nonexistent/trainer"], [str(SUPERVISOR.parent)], []):
            run = Run(self, argv=argv).start()
            end = run.exit()
            self.assertEqual(run.process.returncode, 1)
            self.assertEqual((end["code"], end["signal"], end["error"]["code"]), (None, None, "SPAWN_FAILED"))
            self.assertIn(end["error"]["message"].encode(), run.log())

    def test_missing_folder(self) -> None:
        end = Run(self, "pass", cwd="/nonexistent/folder").start().exit()
        self.assertEqual(end["error"]["code"], "SPAWN_FAILED")
        self.assertIn("/nonexistent/folder", end["error"]["message"])

    def test_odd_folder_names(self) -> None:
        run = Run(self, "import os; print(os.environ['LAUNCHPAD_RUN_DIR'])", name="my run 汉字 (1)").start()
        self.assertEqual(run.exit()["code"], 0)
        self.assertEqual(run.log().decode().strip(), str(run.folder))

    def test_unusable_spec(self) -> None:
        run = Run(self, "pass")
        (run.folder / "spec.json").write_text("{")
        run.start(stderr=subprocess.PIPE)
        self.assertEqual(run.process.wait(PATIENCE), 2)
        self.assertIn(b"spec.json", run.process.stderr.read())


class Terminal(unittest.TestCase):
    def test_output_is_kept_exactly(self) -> None:
        code = ("import hashlib, os, random\n"
                "random.seed(3); block = random.randbytes(1 << 20) + b'\\r\\n\\xff\\x00\\x03\\x04\\r'\n"
                "digest = hashlib.sha256()\n"
                "for _ in range(20):\n"
                "    digest.update(block); left = memoryview(block)\n"
                "    while left: left = left[os.write(1, left):]\n"
                "open('digest', 'w').write(digest.hexdigest())")
        run = Run(self, code).start()
        self.assertEqual(run.exit()["code"], 0)
        self.assertEqual(len(run.log()), 20 * ((1 << 20) + 7))
        self.assertEqual(hashlib.sha256(run.log()).hexdigest(), (run.folder.parent / "digest").read_text())

    def test_environment_and_terminal(self) -> None:
        code = ("import json, os, signal, sys\n"
                "print(json.dumps([dict(os.environ), os.get_terminal_size(1), [os.isatty(i) for i in range(3)],\n"
                "  os.getsid(0) == os.getpid(), os.tcgetpgrp(0) == os.getpgrp(), os.ttyname(0),\n"
                "  [signal.getsignal(s) == signal.SIG_IGN for s in (signal.SIGHUP, signal.SIGTERM)],\n"
                "  open('/dev/tty').isatty(), os.listdir('/proc/self/fd')]))")
        run = Run(self, code, env={"ADDED": "ä b"}, unsetEnv=["REMOVED"], terminal={"columns": 211, "rows": 57})
        run.start(env={**os.environ, "REMOVED": "1", "KEPT": "2"})
        self.assertEqual(run.exit()["code"], 0)
        env, size, ttys, leader, foreground, _, ignored, controlling, fds = json.loads(run.log())
        self.assertEqual((env["ADDED"], env["KEPT"], "REMOVED" in env), ("ä b", "2", False))
        self.assertEqual((env["LAUNCHPAD_RUN_TOKEN"], env["LAUNCHPAD_RUN_DIR"]), (run.spec["token"], str(run.folder)))
        self.assertEqual((size, ttys, ignored), ([211, 57], [True] * 3, [False] * 2))
        self.assertTrue(leader and foreground and controlling)
        self.assertEqual(sorted(fds, key=int)[:3], ["0", "1", "2"])
        self.assertLessEqual(len(fds), 5)  # nothing of the supervisor's leaked (one is listdir's, one /dev/tty)

    def test_full_disk_does_not_block_the_child(self) -> None:
        limit = 300_000
        run = Run(self, "import os\nfor _ in range(1000): os.write(1, b'x' * 1000)\nopen('done', 'w').close()")
        run.start(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
        end = run.exit()
        self.assertEqual(end["code"], 0)
        self.assertTrue((run.folder.parent / "done").exists())
        self.assertEqual((end["logBytes"], end["logBytes"] + end["logDropped"]), (limit, 1_000_000))

    def test_last_words_of_a_daemon_are_kept(self) -> None:
        code = ("import os, signal, sys, time\n"
                "def bye(*_): print('x' * 50000 + 'bye', flush=True); os._exit(0)\n"
                "if os.fork() == 0:\n"
                "    os.setsid(); signal.signal(signal.SIGTERM, bye); open('ready', 'w').close(); time.sleep(60)\n"
                "while not os.path.exists('ready'): time.sleep(0.01)")
        run = Run(self, code).start()
        self.assertEqual(run.exit()["leftovers"], 1)
        self.assertTrue(run.log().endswith(b"xbye\n"))


class Stops(unittest.TestCase):
    STUBBORN = ("import signal, time\n"
                "signal.signal(signal.SIGINT, lambda *_: print('int', flush=True))\n"
                "signal.signal(signal.SIGTERM, lambda *_: print('term', flush=True))\n"
                "print('ready', flush=True)\n"
                "while True: time.sleep(0.05)")

    def test_interrupt_is_enough(self) -> None:
        run = Run(self, "import time\nprint('ready', flush=True)\ntry: time.sleep(60)\n"
                        "except KeyboardInterrupt: raise SystemExit(130)",
                  stop={"interruptSeconds": 60, "terminateSeconds": 60}).start()
        run.wait_log(b"ready")
        run.stop("staged")
        end = run.exit()
        self.assertEqual((end["code"], end["signal"], end["stopped"]), (130, None, "interrupt"))

    def test_stubborn_child_is_killed_in_stages(self) -> None:
        run = Run(self, self.STUBBORN).start()
        run.wait_log(b"ready")
        run.process.send_signal(signal.SIGTERM)
        stages = []

        def ended() -> bool:
            state = run.json("state.json")
            if state["stopStage"] and state["stopStage"] not in stages:
                stages.append(state["stopStage"])
            return run.json("exit.json") is not None

        wait_for(ended, "the end")
        end = run.exit()
        self.assertEqual((end["code"], end["signal"], end["stopped"]), (None, 9, "kill"))
        self.assertEqual(run.log(), b"ready\nint\nterm\n")
        self.assertEqual(stages, ["interrupt", "terminate", "kill"])

    def test_now_escalates_a_staged_stop(self) -> None:
        run = Run(self, self.STUBBORN, stop={"interruptSeconds": 600, "terminateSeconds": 600}).start()
        run.wait_log(b"ready")
        run.stop("staged")
        run.wait_log(b"int")
        run.stop("now")
        end = run.exit()
        self.assertEqual((end["signal"], end["stopped"]), (9, "kill"))
        self.assertNotIn(b"term", run.log())

    def test_daemon_with_token_is_ended_and_counted(self) -> None:
        code = ("import os, signal, subprocess, sys, time\n"
                "daemon = 'import os,signal,time; signal.signal(15, signal.SIG_IGN); '"
                " 'open(f\"pid-{os.getpid()}\", \"w\").close(); time.sleep(60)'\n"
                "for env in (None, {}):\n"  # the second one dropped the token, but descends from us
                "    subprocess.Popen([sys.executable, '-c', daemon], start_new_session=True, env=env,\n"
                "        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
                "while len([n for n in os.listdir('.') if n.startswith('pid-')]) < 2: time.sleep(0.01)\n"
                "os._exit(3)")
        run = Run(self, code).start()
        end = run.exit()
        self.assertEqual((end["code"], end["stopped"], end["leftovers"]), (3, None, 2))
        pids = [int(path.name[4:]) for path in run.folder.parent.glob("pid-*")]
        self.assertEqual([alive(pid) for pid in pids], [False, False])

    def test_a_namesake_token_is_left_alone(self) -> None:
        run = Run(self, "pass")
        other = subprocess.Popen([sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"],
                                 env={**os.environ, "LAUNCHPAD_RUN_TOKEN": run.spec["token"] + "2"},
                                 stdout=subprocess.PIPE)
        self.addCleanup(lambda: (other.kill(), other.wait(), other.stdout.close()))
        other.stdout.readline()
        self.assertEqual(run.start().exit()["leftovers"], 0)
        self.assertTrue(alive(other.pid))


class Lives(unittest.TestCase):
    WAITS = "import os, time\nprint('ready', flush=True)\nwhile not os.path.exists('go'): time.sleep(0.02)\nprint('went')"

    def test_survives_the_app(self) -> None:
        run = Run(self, self.WAITS)
        launcher = ("import subprocess, sys, time; subprocess.Popen(sys.argv[1:], start_new_session=True); "
                    "time.sleep(600)")
        app = subprocess.Popen([sys.executable, "-c", launcher, *run.argv], start_new_session=True)
        run.wait_log(b"ready")
        os.killpg(app.pid, signal.SIGKILL)
        app.wait()
        state = run.json("state.json")
        os.kill(state["supervisor"]["pid"], signal.SIGHUP)
        time.sleep(0.5)
        self.assertTrue(alive(state["supervisor"]["pid"]) and alive(state["child"]["pid"]))
        (run.folder.parent / "go").touch()
        self.assertEqual(run.exit()["code"], 0)
        self.assertTrue(run.log().endswith(b"went\n"))

    def test_second_supervisor_is_refused(self) -> None:
        run = Run(self, self.WAITS).start()
        run.wait_log(b"ready")
        second = subprocess.run(run.argv, stderr=subprocess.PIPE, timeout=PATIENCE)
        self.assertEqual(second.returncode, 4)
        (run.folder.parent / "go").touch()
        self.assertEqual(run.exit()["code"], 0)
        self.assertEqual(run.log(), b"ready\nwent\n")
        third = subprocess.run(run.argv, stderr=subprocess.PIPE, timeout=PATIENCE)
        self.assertEqual(third.returncode, 3)

    def test_stale_state_is_taken_over(self) -> None:
        run = Run(self, "print('ok')")
        stale = {"pid": os.getpid(), "startTicks": 1, "bootId": Path("/proc/sys/kernel/random/boot_id").read_text().strip()}
        (run.folder / "state.json").write_text(json.dumps({"supervisor": stale}))
        self.assertEqual(run.start().exit()["code"], 0)

    def test_state_is_always_whole(self) -> None:
        run = Run(self, "import time\nfor i in range(60): print(i, flush=True); time.sleep(0.05)").start()
        phases, beats, seen = [], set(), 0
        wait_for(lambda: run.json("state.json"), "state.json")
        while run.json("exit.json") is None:
            state = run.json("state.json")  # raises on half a file
            self.assertEqual(state["version"], 1)
            seen += 1
            beats.add(state["heartbeatAt"])
            if state["phase"] not in phases:
                phases.append(state["phase"])
        self.assertEqual(run.exit()["code"], 0)
        self.assertGreater(seen, 50)
        self.assertGreaterEqual(len(beats), 2)
        self.assertIn("running", phases)
        last = run.json("state.json")
        self.assertEqual((last["phase"], last["logBytes"]), ("ended", len(run.log())))
        self.assertEqual(last["supervisor"]["pid"], run.process.pid)


if __name__ == "__main__":
    unittest.main()
