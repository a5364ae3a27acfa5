"""The servers that are measured, each bound to one core, and the load generator, bound to another."""
import json
import os
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE = CORES[0]
LOAD_CORE = CORES[1] if len(CORES) > 1 else CORES[0]
NGINX = "/usr/sbin/nginx"

# Nonces for every call of a run; with the default the one key that a bench uses would meet its share of them.
MANY_NONCES = ["--calls-per-second", "10000"]


# One hash thread with the least memory there is: what passwords are hashed in is counted apart from the rest.
LEAST_HASHING = ["--password-hash-threads", "1", "--password-hash-memory", "7168"]
LEAST_HASHING_MIB = 8    # the 7 asked for, rounded up to whole huge pages


class Failed(Exception):
    """Something did not run."""


def environment():
    return {k: v for k, v in os.environ.items() if not k.startswith("ARGALI_")}


def start(command, **options):
    """On the server's core from its first instruction on: a child inherits the affinity."""
    os.sched_setaffinity(0, {SERVER_CORE})
    try:
        return subprocess.Popen(command, env=environment(), **options)
    finally:
        os.sched_setaffinity(0, {LOAD_CORE})


def stop(process):
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise Failed("a server did not stop within 30 seconds") from None


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Argali:
    """`argali serve` on a folder; a context manager. The log goes to FOLDER.log."""

    def __init__(self, binary, folder, *settings):
        https = [] if "--listen-tls" in settings else ["--listen-tls", "off"]
        self.command = [binary, "serve", "--data", str(folder), "--listen", "127.0.0.1:0", "--listen-admin", "127.0.0.1:0",
                        "--format", "json", "--log-level", "warning", *https, *settings]
        self.folder = Path(folder)

    def __enter__(self):
        log = open(f"{self.folder}.log", "ab")
        with log:
            self.process = start(self.command, stdout=subprocess.PIPE, stderr=log)
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            raise Failed(f"argali did not start: {Path(f'{self.folder}.log').read_text()[-500:]}")
        self.addresses = json.loads(line)
        return self

    def __exit__(self, *_):
        stop(self.process)
        self.process.stdout.close()

    @property
    def target(self):
        return f"{self.addresses['Listen']}/{self.process.pid}"

    @property
    def credentials(self):
        return self.folder / "first-credentials"

    def metrics(self):
        with urllib.request.urlopen(f"http://{self.addresses['ListenAdmin']}/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}


class Nginx:
    """One worker that answers everything with the same 200."""

    def __init__(self, folder, body):
        self.folder = Path(folder)
        self.folder.mkdir(exist_ok=True)
        self.port = free_port()
        paths = "".join(f"{kind}_temp_path {self.folder};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (self.folder / "nginx.conf").write_text(
            "daemon off; master_process off; worker_processes 1;\n"
            f"pid {self.folder}/pid; error_log {self.folder}/error.log warn;\n"
            "events { worker_connections 8192; }\n"
            f"http {{ access_log off; keepalive_requests 1000000000; {paths}\n"
            f"server {{ listen 127.0.0.1:{self.port}; default_type application/json;\n"
            f"location / {{ return 200 '{body}'; }} }} }}\n")

    def __enter__(self):
        command = [NGINX, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]
        self.process = start(command, stderr=subprocess.DEVNULL)
        for _ in range(500):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return self
            except ConnectionError:
                time.sleep(0.01)
        stop(self.process)
        raise Failed(f"nginx did not start: {(self.folder / 'error.log').read_text()[-500:]}")

    def __exit__(self, *_):
        stop(self.process)

    @property
    def target(self):
        return f"127.0.0.1:{self.port}/{self.process.pid}"


class Load:
    """argali-load, on its own core (this process runs there too, and waits)."""

    def __init__(self, program):
        self.program = program

    def run(self, credentials, *targets, is_strict=True, **options):
        """A result per target; the same requests go to each in turn."""
        options = {name: value if isinstance(value, str) else str(int(value)) for name, value in options.items()}
        flags = [part for name, value in options.items() for part in (f"--{name}", value)]
        done = subprocess.run([self.program, "--credentials", str(credentials), *flags, *targets], capture_output=True,
                              text=True, check=False)
        if done.returncode != 0:
            raise Failed(done.stderr.strip() or f"argali-load ended with {done.returncode}")
        results = [json.loads(line) for line in done.stdout.splitlines()]
        for r in results:
            if is_strict and r["other"] > 0:
                raise Failed(f"{r['other']} of {r['ok'] + r['other']} answers were not 200: {r['other_status']}"
                             f" {r['other_code']} by {r['target']}")
        return results


def init(binary, folder, *options):
    """A new data folder; its credentials."""
    done = subprocess.run([binary, "init", "--data", str(folder), "--format", "json", *options], capture_output=True, text=True,
                          check=False, env=environment())
    if done.returncode != 0:
        raise Failed(f"argali init: {done.stderr.strip()}")
    return json.loads(done.stdout)
