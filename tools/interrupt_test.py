#!/usr/bin/env python3
"""Ctrl-C on a terminal: watch, import and run.sh end at once with the exit code that they promise,
leave nothing running, and an import goes on when it is run again."""

import json
import os
import pathlib
import pty
import re
import select
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path.cwd()
CTL = str(HERE / "tools/pinganctl/pinganctl")
AT_ONCE = 20  # seconds, on a machine that is busy
ROWS = 40000


class Terminal:
    """A command on a terminal of its own."""

    def __init__(self, *command, **settings):
        self.output = ""
        self.pid, self.file = pty.fork()
        if self.pid == 0:
            os.execvpe(command[0], command, {**os.environ, **settings})

    def read(self, seconds):
        """More output, if there is any; False at its end."""
        if select.select([self.file], [], [], seconds)[0]:
            try:
                block = os.read(self.file, 65536)
            except OSError:  # the other side is closed
                return False
            self.output += block.decode(errors="replace")
            return bool(block)
        return True

    def until(self, pattern, seconds=120):
        end = time.monotonic() + seconds
        while not re.search(pattern, self.output):
            if not self.read(0.1) or time.monotonic() > end:
                sys.exit(f"FAILED: no {pattern} in:\n{self.output[-2000:]}")

    def interrupt(self):
        """Ctrl-C; the exit code as a shell tells it."""
        os.write(self.file, b"\x03")
        end = time.monotonic() + AT_ONCE
        while self.read(0.1):
            if time.monotonic() > end:
                os.kill(self.pid, signal.SIGKILL)
                sys.exit(f"FAILED: Ctrl-C does not end it:\n{self.output[-2000:]}")
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return 128 - status if status < 0 else status


def want(good, what):
    if not good:
        sys.exit(f"FAILED: {what}")


def pid_in(ready):
    return int(re.search(r"pid=(\d+)", ready.read_text()).group(1))


def runs(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


class Service:
    def __init__(self, name, state):
        self.ready = state / f"{name}.ready"
        self.process = subprocess.Popen(
            [f"services/{name}/{name}_server", "--dev", f"--state={state}", "--listen=127.0.0.1:0",
             "--metrics=127.0.0.1:0"], stderr=subprocess.DEVNULL)
        while not self.ready.exists():
            want(self.process.poll() is None, f"{name} did not start")
            time.sleep(0.05)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.terminate()
        self.process.wait()


def ctl(*words):
    return subprocess.run([CTL, *words], capture_output=True, text=True, check=False)


def watch_ends(state):
    """In the middle of a stream, and while the server is away."""
    with Service("disputes", state):
        watch = Terminal(CTL, "watch", "--from=0", f"--state={state}")
        ctl("demo", "--disputes=1", "--ledger=0", f"--state={state}")
        watch.until(r'"revision":"1"')
        want(watch.interrupt() == 130, "watch does not end with 130")
        waiting = Terminal(CTL, "watch", "--from=0", f"--state={state}")
        waiting.until(r'"revision":"1"')
    waiting.read(0.5)
    want(waiting.interrupt() == 130, "watch does not end with 130 while the server is away")


def import_goes_on(state):
    sheet = state / "people.csv"
    sheet.write_text(ctl("ledger", "persons", f"--rows={ROWS}").stdout, encoding="utf-8")
    with Service("population", state):
        importing = Terminal(CTL, "import", "persons", str(sheet), f"--state={state}")
        importing.until(r" [1-9][0-9,]* of ")
        want(importing.interrupt() == 130, "import does not end with 130")
        again = ctl("import", "persons", str(sheet), f"--state={state}", "--json")
        want(again.returncode == 0, f"import does not go on: {again.stderr}")
        counts = {name: int(value) for name, value in json.loads(again.stdout).items()}
        want(counts["rows_read"] == ROWS, f"rows are missing: {counts}")
        want(counts["rows_known"] > 0, f"nothing was stored before it ended: {counts}")
        want(counts["rows_stored"] > 0, f"it ended too late to show anything: {counts}")
        there = counts["rows_stored"] + counts["rows_known"]
        want(there == ROWS, f"not each row is there: {counts}")


def run_stops(root):
    (root / "tools").mkdir()
    (root / "bin").mkdir()
    (root / "tools/run.sh").write_bytes((HERE / "tools/run.sh").read_bytes())
    (root / "tools/run.sh").chmod(0o755)
    (root / "bazel-bin").symlink_to(HERE)
    (root / "common").symlink_to(HERE / "common")
    (root / "bin/bazel").symlink_to("/bin/true")
    path = f"{root}/bin:{os.environ['PATH']}"
    # While it lives the city, and when it is up.
    for scale, until, code in (("1000000", r"people +\[", 130), ("100", "Ctrl-C stops it", 0)):
        run = Terminal(str(root / "tools/run.sh"), PATH=path, DISPUTES="1", SCALE=scale)
        run.until(until)
        pids = [pid_in(ready) for ready in (root / ".run").glob("*.ready")]
        want(len(pids) == 2 and all(map(runs, pids)), f"want two services, not {pids}")
        ended = run.interrupt()
        want(ended == code, f"run.sh ends with {ended} at {until}, want {code}:\n{run.output}")
        want(not any(map(runs, pids)), "run.sh leaves a service running")


def main():
    for check in (watch_ends, import_goes_on, run_stops):
        with tempfile.TemporaryDirectory() as folder:
            check(pathlib.Path(folder))
        print(f"{check.__name__} ok", flush=True)


if __name__ == "__main__":
    main()
