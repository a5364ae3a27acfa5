"""What `make bench` measures. Each function returns rows for the table: what, measured, budget or None, is it kept or None.

Whatever is compared is measured in turn, round by round, in one run on one machine; the middle one of the rounds counts.
"""
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import time
from collections import namedtuple
from pathlib import Path

from client import call, caller_identity, signed
from servers import Argali, Failed, LEAST_HASHING, LEAST_HASHING_MIB, MANY_NONCES, Nginx, free_port, init, start, stop

Row = namedtuple("Row", "what measured budget is_kept")
MIB = 1 << 20


class Bench:
    """Where and how much: the program, the load generator, a folder to work in, the number of rounds and their size."""

    def __init__(self, binary, load, folder, is_quick):
        self.binary, self.load, self.folder = binary, load, Path(folder)
        self.rounds = 2 if is_quick else 7
        self.calls = 20000 if is_quick else 150000
        self.many_users = 50000 if is_quick else 1000000
        self.seconds = 1 if is_quick else 5
        self.starts = 3 if is_quick else 9
        self.folders = {}

    def data(self, name, make=None):
        """A data folder of this name, made when it is first asked for."""
        if name not in self.folders:
            folder = self.folder / name
            credentials = init(self.binary, folder)
            if make:
                make(folder)
            self.folders[name] = (folder, credentials)
        return self.folders[name]

    def argali(self, folder, *settings):
        return Argali(self.binary, folder, *settings)


def per_cpu_second(result):
    return result["measured"] / result["server_cpu_seconds"]


def per_second(result):
    return result["measured"] / result["seconds"]


def middle(values):
    return statistics.median(values)


def at_least(what, value, budget, detail):
    return Row(what, f"{value:.2f} ({detail})", f">= {budget}", value >= budget)


def at_most(what, value, budget, unit, detail=""):
    return Row(what, f"{value:.1f}{unit}{detail}", f"<= {budget}{unit}", value <= budget)


# --- signed calls -----------------------------------------------------------------------------------------------------


def in_turn(bench, credentials, first, second, **options):
    """Results of both for each round; the order changes from round to round."""
    pairs = []
    for number in range(bench.rounds):
        targets = [first.target, second.target]
        results = bench.load.run(credentials, *(targets if number % 2 == 0 else targets[::-1]), **options)
        pairs.append(results if number % 2 == 0 else results[::-1])
    return pairs


def signed_calls(bench):
    folder, credentials = bench.data("calls")
    with bench.argali(folder, *MANY_NONCES) as argali:
        status, body = call(int(argali.addresses["Listen"].rsplit(":", 1)[1]), caller_identity(credentials))
        if status != 200:
            raise Failed(f"GetCallerIdentity answers {status}")
        with Nginx(bench.folder / "nginx", body.decode()) as nginx:
            pairs = in_turn(bench, argali.credentials, argali, nginx, count=bench.calls, warm=bench.calls // 10)
            half = middle(per_second(a) for a, _ in pairs) / 2
            due = {"count": half * bench.seconds, "warm": half / 2, "rate": half}
            quiet = in_turn(bench, argali.credentials, argali, nginx, **due)
    ours, theirs = middle(per_cpu_second(a) for a, _ in pairs), middle(per_cpu_second(n) for _, n in pairs)
    ratio = middle(per_cpu_second(a) / per_cpu_second(n) for a, n in pairs)
    walls = middle(per_second(a) / per_second(n) for a, n in pairs)

    def latency(side, name):
        return middle(pair[side][name] for pair in quiet) / 1000

    def line(side):
        return f"p50 {latency(side, 'p50_us'):.2f} ms, p99.9 {latency(side, 'p999_us'):.2f} ms"

    detail = f"{ours:,.0f} and {theirs:,.0f} a processor second"
    return [
        at_least("signed GetCallerIdentity per server core, against nginx", ratio, 0.65, detail),
        Row("the same by the clock on the wall", f"{walls:.2f} ({half * 2:,.0f} calls a second)", None, None),
        Row("p99 at half that load", f"{latency(0, 'p99_us'):.2f} ms ({line(0)}; at {half:,.0f} calls a second)", None, None),
        Row("nginx at that load", f"{latency(1, 'p99_us'):.2f} ms ({line(1)})", None, None),
    ]


# --- questions about the calls of others -----------------------------------------------------------------------------


def verification(bench):
    """POST /verify in the form that nginx uses, against GetCallerIdentity: the same key, the same server."""
    folder, credentials = bench.data("calls")
    pairs = []
    with bench.argali(folder, *MANY_NONCES) as server:
        name = f"bench-{time.time_ns()}"
        status, body = call(int(server.addresses["Listen"].rsplit(":", 1)[1]), signed(
            credentials, "CreateVerifier", "2026-11-23", VerifierName=name, **{"Hosts.1": "files.example.com"}))
        if status != 200:
            raise Failed(f"CreateVerifier answers {status}: {body[:200]!r}")
        token = json.loads(body)["VerifierToken"]
        options = {"count": bench.calls // 2, "warm": bench.calls // 20}
        kinds = [{"action": "GetCallerIdentity"}, {"action": "Verify", "verifier": token}]
        for number in range(bench.rounds):
            order = kinds if number % 2 == 0 else kinds[::-1]
            results = [bench.load.run(server.credentials, server.target, **kind, **options)[0] for kind in order]
            pairs.append([per_cpu_second(r) for r in (results if number % 2 == 0 else results[::-1])])
    ratio = middle(identity / verify for identity, verify in pairs)
    detail = f"{middle(p[1] for p in pairs):,.0f} and {middle(p[0] for p in pairs):,.0f} a processor second"
    return [Row("cost of a decision for nginx (POST /verify), against GetCallerIdentity", f"{ratio:.2f} ({detail})", "<= 1.3",
                ratio <= 1.3)]


# --- writes -----------------------------------------------------------------------------------------------------------


def durable_writes(bench):
    clients = 64
    grouped, _ = bench.data("grouped")
    single, _ = bench.data("single")
    settings = [*MANY_NONCES, "--users-per-account", "10000000"]
    first, results = 0, []
    with bench.argali(grouped, *settings) as a, bench.argali(single, *settings, "--batch-max", "1") as b:
        for count in [2000] + [bench.calls // 15] * bench.rounds:   # the first round warms up
            options = {"action": "CreateUser", "connections": clients, "first": first}
            fast = bench.load.run(a.credentials, a.target, count=count, **options)[0]
            slow = bench.load.run(b.credentials, b.target, count=max(200, count // 5), **options)[0]
            first += count
            results.append((per_second(fast), per_second(slow), fast["p99_us"] / 1000))
    results = results[1:]
    ratio = middle(fast / slow for fast, slow, _ in results)
    detail = f"{middle(r[0] for r in results):,.0f} and {middle(r[1] for r in results):,.0f} a second"
    return [
        at_least(f"durable CreateUser at {clients} clients, against commits of one", ratio, 4, detail),
        Row("p99 of these writes", f"{middle(r[2] for r in results):.1f} ms", None, None),
        Row("4 KiB written and synced by one thread", f"{sync_ms(bench.folder):.2f} ms", None, None),
    ]


def sync_ms(folder):
    """What the disk takes, for comparison."""
    path, times = Path(folder) / "sync", []
    fd = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        for _ in range(100):
            began = time.perf_counter()
            os.write(fd, b"\0" * 4096)
            os.fdatasync(fd)
            times.append(time.perf_counter() - began)
    finally:
        os.close(fd)
        path.unlink()
    return middle(times) * 1000


# --- many users -------------------------------------------------------------------------------------------------------


def add_users(bench, count):
    """Users bench-0000000 and so on, as the load generator asks for them: copies of user admin in the stopped store."""
    def make(folder):
        db = sqlite3.connect(folder / "argali.db")
        try:
            columns = [row[1] for row in db.execute("PRAGMA table_info(ram_user)")]
            name = "printf('bench-%07d', n.i)"
            new = {"id": "base + n.i * 7919 % 1000000007", "name": name, "name_folded": name}
            values = ", ".join(new.get(c, f"u.{c}") for c in columns)
            db.execute("PRAGMA synchronous = OFF")
            db.execute("PRAGMA cache_size = -400000")
            db.execute("CREATE TEMP TABLE n AS WITH RECURSIVE c(i) AS"
                       " (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i + 1 < ?) SELECT i FROM c", (count,))
            db.execute(f"INSERT INTO ram_user ({', '.join(columns)}) SELECT {values}"
                       " FROM (SELECT *, 300000000000000000 AS base FROM ram_user LIMIT 1) u, n ORDER BY 2")
            db.execute("UPDATE account SET user_n = (SELECT count(*) FROM ram_user)")
            db.commit()
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            db.close()
    return make


def stores(bench):
    few = bench.data("few-users", add_users(bench, 1000))
    many = bench.data("many-users", add_users(bench, bench.many_users))
    return few, many


def look_ups(bench):
    (few, _), (many, _) = stores(bench)
    calls, pairs = bench.calls // 5, []
    settings = [*MANY_NONCES, *LEAST_HASHING, "--users-per-account", "10000000"]
    with bench.argali(few, *settings) as a, bench.argali(many, *settings) as b:
        bench.load.run(b.credentials, b.target, action="GetUser", users=bench.many_users, count=bench.many_users // 5)
        options = {"action": "GetUser", "count": calls, "warm": calls // 10}
        for _ in range(bench.rounds):
            small = bench.load.run(a.credentials, a.target, users=1000, **options)[0]
            large = bench.load.run(b.credentials, b.target, users=bench.many_users, **options)[0]
            pairs.append((per_cpu_second(small), per_cpu_second(large)))
        served = resident(b)
    ratio = middle(small / large for small, large in pairs)
    detail = f" ({middle(p[0] for p in pairs):,.0f} and {middle(p[1] for p in pairs):,.0f} a processor second)"
    what = f"GetUser at {bench.many_users:,} users against 1,000, warm"
    rows = [Row(what, f"{ratio:.2f}{detail}", "<= 1.3", ratio <= 1.3)]
    if bench.many_users == 1000000:
        rows.append(at_most("memory without nonces, 1,000,000 users served", served, 96, " MiB"))
    return rows


def cold_start(bench):
    rows = []
    for count, (folder, credentials) in zip((1000, bench.many_users), stores(bench)):
        first_call_ms(bench, folder, credentials)       # makes the certificate and the file of nonces
        times = [first_call_ms(bench, folder, credentials) for _ in range(bench.starts)]
        what = f"cold start to the first verified call, {count:,} users"
        rows.append(at_most(what, middle(times), 50, " ms", f" (slowest {max(times):.1f} ms)"))
    return rows


def first_call_ms(bench, folder, credentials):
    port = free_port()
    request = caller_identity(credentials)
    command = [bench.binary, "serve", "--data", str(folder), "--listen", f"127.0.0.1:{port}", "--listen-tls", "127.0.0.1:0",
               "--listen-admin", "off", "--format", "json", "--log-level", "error"]
    with open(os.devnull, "wb") as nowhere:
        began = time.perf_counter()
        process = start(command, stdout=nowhere, stderr=nowhere)
        try:
            while True:
                try:
                    status, body = call(port, request)
                except ConnectionError:
                    if process.poll() is not None or time.perf_counter() - began > 30:
                        raise Failed("argali did not answer after its start") from None
                    time.sleep(0.0002)
                    continue
                if status == 503:       # it listens, and is not open yet
                    time.sleep(0.0002)
                    continue
                taken = (time.perf_counter() - began) * 1000
                if status != 200:
                    raise Failed(f"the first call was answered {status}: {body[:200]!r}")
                return taken
        finally:
            stop(process)


# --- policies ---------------------------------------------------------------------------------------------------------


def ask(server, credentials, action, **parameters):
    port = int(server.addresses["Listen"].rsplit(":", 1)[1])
    status, body = call(port, signed(credentials, action, "2015-05-01", **parameters))
    if status != 200:
        raise Failed(f"{action} answers {status}: {body[:200]!r}")
    return json.loads(body)


def policy_text(number, size):
    """A policy of about that many characters that does not allow GetUser; only the last of them does."""
    statements = [{"Effect": "Allow", "Action": ["oss:GetObject", "oss:PutObject", "ecs:Describe*"],
                   "Resource": [f"acs:oss:*:*:bucket-{number}-{i}/*", "acs:ecs:*:*:instance/*"],
                   "Condition": {"IpAddress": {"acs:SourceIp": ["10.0.0.0/8", "127.0.0.0/8"]}}}
                  for i in range(max(1, size // 220))]
    if number == 9:
        statements.append({"Effect": "Allow", "Action": "ram:GetUser", "Resource": "acs:ram:*:*:user/*",
                           "Condition": {"IpAddress": {"acs:SourceIp": "127.0.0.0/8"}}})
    return json.dumps({"Version": "1", "Statement": statements}, separators=(",", ":"))


def user_with_policies(server, root):
    """A user with 20 system and 10 custom policies; the last one attached allows GetUser. Its credentials, in a file."""
    name = "thirty"
    ask(server, root, "CreateUser", UserName=name)
    system = [p["PolicyName"] for p in ask(server, root, "ListPolicies", PolicyType="System", MaxItems="1000")["Policies"]["Policy"]]
    for policy in [p for p in system if p not in ("AdministratorAccess", "AliyunRAMFullAccess", "AliyunRAMReadOnlyAccess")][:20]:
        ask(server, root, "AttachPolicyToUser", UserName=name, PolicyType="System", PolicyName=policy)
    for number in range(10):
        ask(server, root, "CreatePolicy", PolicyName=f"bench-{number}", PolicyDocument=policy_text(number, 2000))
        ask(server, root, "AttachPolicyToUser", UserName=name, PolicyType="Custom", PolicyName=f"bench-{number}")
    attached = ask(server, root, "ListPoliciesForUser", UserName=name)["Policies"]["Policy"]
    if len(attached) != 30:
        raise Failed(f"the user has {len(attached)} policies and not 30")
    key = ask(server, root, "CreateAccessKey", UserName=name)["AccessKey"]
    path = server.folder / "thirty-credentials"
    path.write_text(json.dumps({**root, "AccessKeyId": key["AccessKeyId"], "AccessKeySecret": key["AccessKeySecret"]}))
    return path


def policies(bench):
    """Root and a user with 30 policies make the same calls to the same server."""
    folder = bench.folder / "policies"
    credentials = init(bench.binary, folder, "--root-access-key")
    add_users(bench, 1000)(folder)
    pairs = []
    with bench.argali(folder, *MANY_NONCES, "--users-per-account", "10000000") as server:
        thirty = user_with_policies(server, credentials)
        options = {"action": "GetUser", "users": 1000, "count": bench.calls // 3, "warm": bench.calls // 30}
        for number in range(bench.rounds):
            order = [server.credentials, thirty]
            results = {str(who): bench.load.run(who, server.target, **options)[0] for who in (order if number % 2 else order[::-1])}
            pairs.append([per_cpu_second(results[str(who)]) for who in order])
    ratio = middle(root / user for root, user in pairs)
    detail = f"{middle(p[0] for p in pairs):,.0f} and {middle(p[1] for p in pairs):,.0f} a processor second"
    rows = [Row("signed GetUser by a user with 30 policies, against root", f"{ratio:.2f} ({detail})", "<= 1.2", ratio <= 1.2)]
    program = Path(bench.load.program).parent / "argali-evaluate"
    done = subprocess.run([program, "0.05" if bench.rounds < 3 else "0.5"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(done.stderr.strip())
    for line in map(json.loads, done.stdout.splitlines()):
        what = f"decisions a second, {line['policies']} policies of {line['characters']:,} characters"
        rows.append(Row(what, f"{line['per_second']:,}", None, None))
    return rows


# --- memory -----------------------------------------------------------------------------------------------------------


def resident(server):
    """MiB in memory without the mapped nonces and the memory of the hash thread (LEAST_HASHING): by mapping where the kernel lets us
    look, else by subtracting the file."""
    pid, nonces = server.process.pid, server.folder / "nonces"
    try:
        total, is_nonces = 0, False
        for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
            if "-" in line.split(" ", 1)[0]:
                is_nonces = line.endswith("/nonces")
            elif line.startswith("Rss:") and not is_nonces:
                total += int(line.split()[1]) * 1024
        return total / MIB - LEAST_HASHING_MIB
    except PermissionError:
        status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        return (int(status["VmRSS"].split()[0]) * 1024 - nonces.stat().st_size) / MIB - LEAST_HASHING_MIB


def idle_memory(bench):
    folder, credentials = bench.data("idle")
    with bench.argali(folder, *LEAST_HASHING, "--listen-tls", "127.0.0.1:0") as server:
        status, _ = call(int(server.addresses["Listen"].rsplit(":", 1)[1]), caller_identity(credentials))
        if status != 200:
            raise Failed(f"GetCallerIdentity answers {status}")
        time.sleep(1.5)
        return [at_most("memory without nonces, idle", resident(server), 16, " MiB")]


def nonce_size(bench):
    folder, _ = bench.data("nonces")
    with bench.argali(folder, "--calls-per-second", "100") as server:
        capacity = server.metrics()["argali_nonces_capacity"]
        result = bench.load.run(server.credentials, server.target, is_strict=False, count=capacity)[0]
        if result["other_status"] != 429:
            raise Failed(f"the table took {result['ok']} nonces of one key, and the next answer was {result['other_status']}")
        live = server.metrics()["argali_nonces_live"]
        size = (server.folder / "nonces").stat().st_size
    detail = f" ({live:,.0f} in {size:,} bytes when one key is refused more)"
    return [at_most("bytes a remembered nonce", size / live, 12, "", detail)]


MEASUREMENTS = {
    "calls": signed_calls,
    "verify": verification,
    "writes": durable_writes,
    "memory": idle_memory,
    "start": cold_start,
    "users": look_ups,
    "nonces": nonce_size,
    "policies": policies,
}


def clear(bench):
    shutil.rmtree(bench.folder, ignore_errors=True)
