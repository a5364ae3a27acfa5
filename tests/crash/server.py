"""The server under test: started, killed, stopped, checked."""
import json
import os
import resource
import signal
import subprocess
from pathlib import Path

TIMEOUT_S = 60
SETTINGS = ["--listen", "127.0.0.1:0", "--listen-tls", "off", "--listen-admin", "off", "--format", "json",
            "--log-level", "warning", "--users-per-account", "1000000"]


def environment(**more):
    return {**{k: v for k, v in os.environ.items() if not k.startswith("ARGALI_")}, **more}


def run(binary, *arguments, **options):
    """A subcommand to its end: exit code, standard output, standard error."""
    done = subprocess.run([binary, *map(str, arguments)], capture_output=True, text=True, timeout=TIMEOUT_S, check=False,
                          env=environment(), **options)
    return done.returncode, done.stdout, done.stderr


def init(binary, folder):
    code, out, error = run(binary, "init", "--data", folder, "--format", "json")
    if code != 0:
        raise AssertionError(f"init: {code} {error}")
    return json.loads(out)


class Server:
    """`argali serve` on a folder. Its log is FOLDER.log."""

    def __init__(self, binary, folder, *settings, preload=None, calls_per_second=1000):
        self.folder, self.log = Path(folder), Path(f"{folder}.log")
        command = [binary, "serve", "--data", str(folder), *SETTINGS, "--calls-per-second", str(calls_per_second), *settings]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log,
                                            env=environment(**({"LD_PRELOAD": str(preload)} if preload else {})))
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"serve ended with {self.process.wait()}: {self.log.read_text()[-400:]}")
        self.port = int(json.loads(line)["Listen"].rsplit(":", 1)[1])

    def kill(self):
        """kill -9."""
        self.process.kill()
        return self.end()

    def stop(self):
        self.process.terminate()
        return self.end()

    def end(self):
        code = self.process.wait(TIMEOUT_S)
        self.process.stdout.close()
        return code

    def is_running(self):
        return self.process.poll() is None

    def limit_files(self, size):
        """Lets no file grow past size bytes (None: as before): a disk that is full, for this process alone."""
        _, hard = resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (hard if size is None else size, hard))


def check(binary, folder):
    """`argali check`: exit code, and what it found."""
    code, out, error = run(binary, "check", "--data", folder, "--format", "json")
    return code, out.strip() or error.strip()


def was_signal(code):
    return f"ended by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
