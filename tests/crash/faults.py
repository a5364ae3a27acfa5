"""What the world does to a data folder: no room, no rights, damage, somebody else's files. A clear error, and nothing lost."""
import contextlib
import hashlib
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from pathlib import Path

from server import SETTINGS, Server, check, environment, init, run, was_signal
from wire import Client


def contents(folder):
    """A digest of every file, but for the lock, which every start opens, and what SQLite rebuilds."""
    skipped = ("lock", "argali.db-shm", "argali.db-wal")
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(folder.rglob("*")) if p.is_file() and p.name not in skipped}


def serve_refused(tally, what, binary, folder, words, **options):
    """serve has to end by itself with exit code 1 and an error that holds one of the words."""
    try:
        code, _, error = run(binary, "serve", "--data", folder, *SETTINGS, **options)
    except subprocess.TimeoutExpired:
        tally.check(f"{what}: serve refuses", False, "it serves")
        return
    tally.check(f"{what}: serve refuses", code == 1, was_signal(code))
    last = error.strip().splitlines()[-1] if error.strip() else ""
    tally.check(f"{what}: the error says why", any(word in error for word in words), last)


def user_is_there(tally, what, binary, folder, credentials, name="kept"):
    server = Server(binary, folder)
    client = Client(server.port, credentials)
    status, body = client.call("ram", "GetUser", UserName=name)
    tally.check(f"{what}: nothing is lost", status == 200, f"{status} {body.get('Code')}")
    client.close()
    server.stop()


def prepare(binary, folder):
    """A stopped folder that holds user `kept`."""
    credentials = init(binary, folder)
    server = Server(binary, folder)
    client = Client(server.port, credentials)
    client.get("ram", "CreateUser", UserName="kept")
    client.close()
    server.stop()
    return credentials


# --- a full disk ------------------------------------------------------------------------------------------------------


def build_preload(folder, name):
    library = folder / f"{name}.so"
    source = Path(__file__).resolve().parent / f"{name}.c"
    compiler = os.environ.get("CC", "cc").split()[0]
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    return library


def write_users(client, names):
    """{name: status} for each."""
    answers = {}
    for name in names:
        status, body = client.call("ram", "CreateUser", UserName=name)
        answers[name] = (status, body.get("Code"))
    return answers


def full_while_serving(tally, binary, folder, what, preload):
    credentials = prepare(binary, folder)
    server = Server(binary, folder, preload=preload, calls_per_second=1)
    client = Client(server.port, credentials)
    answers = write_users(client, [f"before-{i}" for i in range(20)])
    tally.check(f"{what}: writes work before", all(a == (200, None) for a in answers.values()), answers)

    server.limit_files(max(p.stat().st_size for p in folder.iterdir()))
    full = write_users(client, [f"full-{i}" for i in range(200)])
    refused = {name: a for name, a in full.items() if a[0] != 200}
    tally.check(f"{what}: writes are refused", len(refused) > 0)
    is_right = all(a == (503, "ServiceUnavailable") for a in refused.values())
    tally.check(f"{what}: with 503 and a code", is_right, list(refused.items())[:3])
    status, _ = client.call("ram", "GetUser", UserName="kept")
    tally.check(f"{what}: reads go on", status == 200 and server.is_running(), status)

    server.limit_files(None)
    after, began = (0, None), time.monotonic()
    while after != (200, None) and time.monotonic() - began < 10:
        after = write_users(client, ["after"])["after"]
    tally.check(f"{what}: writes work again when there is room", after == (200, None), after)
    expected = {**answers, **full, "after": after}
    compare_users(tally, what, client, expected)
    client.close()
    server.kill()
    code, found = check(binary, folder)
    tally.check(f"{what}: argali check", code == 0, found)

    server = Server(binary, folder)
    client = Client(server.port, credentials)
    compare_users(tally, f"{what}, restarted", client, expected)
    client.close()
    tally.check(f"{what}: stops cleanly", server.stop() == 0)


def compare_users(tally, what, client, expected):
    """Acknowledged users are there, refused ones are not: 503 says that nothing changed."""
    wrong = []
    for name, (status, _) in expected.items():
        seen, _ = client.call("ram", "GetUser", UserName=name)
        if seen != (200 if status == 200 else 404):
            wrong.append((name, status, seen))
    tally.check(f"{what}: what was acknowledged is there, what was refused is not", not wrong, wrong[:5])


def full_at_start(tally, binary, folder):
    credentials = prepare(binary, folder)
    (folder / "nonces").unlink()

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (200000, 200000))

    serve_refused(tally, "no room for the nonces", binary, folder, ("nonces",), preexec_fn=limit)
    user_is_there(tally, "no room for the nonces", binary, folder, credentials)

    empty = folder.parent / "full-init"

    def tiny_limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))

    code, _, error = run(binary, "init", "--data", empty, preexec_fn=tiny_limit)
    tally.check("no room for a first start: init fails", code == 1 and error.strip() != "", f"{was_signal(code)} {error}")
    init(binary, empty)
    tally.check("no room for a first start: the next one works", check(binary, empty)[0] == 0)


def full_disk(tally, binary, folder):
    full_while_serving(tally, binary, folder / "limit", "file size limit", None)
    full_while_serving(tally, binary, folder / "full", "full disk", build_preload(folder, "full_disk"))
    full_at_start(tally, binary, folder / "full-start")
    tally.group("full disk")


# --- a disk that does not come back -----------------------------------------------------------------------------------


def stuck_disk(tally, binary, folder):
    """A stop has a bound, whatever the disk does; what was acknowledged is there afterwards."""
    credentials = prepare(binary, folder / "stuck")
    stuck = folder / "stuck" / "argali.conf"    # a name that may lie there
    os.environ["STUCK_DISK"] = str(stuck)
    server = Server(binary, folder / "stuck", preload=build_preload(folder, "stuck_disk"))
    client = Client(server.port, credentials)
    before = write_users(client, [f"before-{i}" for i in range(5)])
    tally.check("stuck disk: writes work before", all(a == (200, None) for a in before.values()), before)
    stuck.touch()
    waiting = threading.Thread(target=attempt, args=(server, credentials), daemon=True)
    waiting.start()
    time.sleep(0.5)
    tally.check("stuck disk: the stop ends", server.stop() == 1)
    tally.check("stuck disk: and says why", "stop_overdue" in server.log.read_text())
    waiting.join()
    stuck.unlink()
    del os.environ["STUCK_DISK"]
    server = Server(binary, folder / "stuck")
    client = Client(server.port, credentials)
    compare_users(tally, "stuck disk, restarted", client, before)
    server.stop()
    tally.check("stuck disk: argali check", check(binary, folder / "stuck")[0] == 0)
    tally.group("stuck disk")


def attempt(server, credentials):
    """A write whose answer does not come."""
    with contextlib.suppress(Exception):
        Client(server.port, credentials).call("ram", "CreateUser", UserName="never-answered")


# --- rights -----------------------------------------------------------------------------------------------------------


def read_only(tally, binary, folder):
    credentials = prepare(binary, folder / "read-only")
    data = folder / "read-only"
    for what, path, mode in (("read-only folder", data, 0o500), ("read-only store", data / "argali.db", 0o400),
                             ("store that may not be read", data / "argali.db", 0)):
        before, mode_before = contents(data), path.stat().st_mode & 0o777
        path.chmod(mode)
        serve_refused(tally, what, binary, data, ("argali.db", str(data)))
        path.chmod(mode_before)
        tally.check(f"{what}: nothing was changed", contents(data) == before)
        user_is_there(tally, what, binary, data, credentials)
    data.chmod(0o700)
    (data / "master.key").chmod(0o644)
    serve_refused(tally, "master key open to others", binary, data, ("master.key",))
    (data / "master.key").chmod(0o400)
    server = Server(binary, data)
    serve_refused(tally, "second server on one folder", binary, data, ("lock", "another", "in use", "already"))
    status, _ = Client(server.port, credentials).call("sts", "GetCallerIdentity")
    tally.check("second server on one folder: the first goes on", status == 200, status)
    server.stop()
    tally.group("rights")


# --- damage -----------------------------------------------------------------------------------------------------------


def overwrite(path, at, content):
    with open(path, "r+b") as f:
        f.seek(at)
        f.write(content)


def garbage(n):
    return random.Random(n).randbytes(n)


def sql(path, statement):
    db = sqlite3.connect(path)
    db.execute(statement)
    db.commit()
    db.close()


def foreign_database(path):
    path.unlink()
    sql(path, "CREATE TABLE guest (name TEXT)")


DAMAGES = (
    ("a store that is text", lambda p: p.write_text("This is no database.\n" * 100), ("not a store", "damaged")),
    ("an empty store", lambda p: p.write_bytes(b""), ("store", "damaged")),
    ("a store of another program", foreign_database, ("another program",)),
    ("a store of a newer version", lambda p: sql(p, "PRAGMA user_version = 99"), ("newer",)),
    ("a store cut short", lambda p: os.truncate(p, 20000), ("malformed", "damaged")),
    ("a store with a broken header", lambda p: overwrite(p, 0, b"\0" * 100), ("not a store", "damaged", "another program")),
    ("a store with garbage in its schema", lambda p: overwrite(p, 100, garbage(2000)), ("malformed", "damaged")),
    ("a store with garbage in its pages", lambda p: overwrite(p, 4 * 4096, garbage(5 * 4096)), ("malformed", "damaged")),
)


def damage(tally, binary, folder):
    data = folder / "damaged"
    credentials = prepare(binary, data)
    store, whole = data / "argali.db", folder / "whole.db"
    shutil.copy(store, whole)
    for what, break_it, words in DAMAGES:
        break_it(store)
        before = contents(data)
        serve_refused(tally, what, binary, data, words)
        code, found = check(binary, data)
        tally.check(f"{what}: check says so", code == 1 and found != "", f"{was_signal(code)} {found}")
        tally.check(f"{what}: nothing was changed", contents(data) == before)
        for name in ("argali.db-wal", "argali.db-shm"):
            (data / name).unlink(missing_ok=True)
        shutil.copy(whole, store)
        user_is_there(tally, what, binary, data, credentials)
    changed_record(tally, binary, data)
    shutil.copy(whole, store)
    keys(tally, binary, data, folder)
    user_is_there(tally, "after all of it", binary, data, credentials)
    tally.group("damage")


def changed_record(tally, binary, data):
    """Somebody edited the audit log."""
    sql(data / "argali.db", "UPDATE audit_event SET body = replace(body, 'CreateUser', 'DeleteUser')")
    code, found = check(binary, data)
    tally.check("an edited audit event: check says so", code == 1 and "audit" in found, f"{was_signal(code)} {found}")


def keys(tally, binary, data, folder):
    init(binary, folder / "stranger")
    own = (data / "master.key").read_bytes()
    (data / "master.key").unlink()
    serve_refused(tally, "a store without its master key", binary, data, ("master.key",))
    shutil.copy(folder / "stranger" / "master.key", data / "master.key")
    serve_refused(tally, "somebody else's master key", binary, data, ("master key",))
    (data / "master.key").chmod(0o600)
    (data / "master.key").write_bytes(own)
    (data / "master.key").chmod(0o400)


def foreign_folder(tally, binary, folder):
    data = folder / "thesis"
    data.mkdir()
    (data / "thesis.txt").write_text("Not to be touched.\n")
    before = contents(data)
    serve_refused(tally, "somebody else's folder", binary, data, ("thesis.txt",))
    code, _, error = run(binary, "init", "--data", data)
    tally.check("somebody else's folder: init refuses", code == 1 and "thesis.txt" in error, error)
    tally.check("somebody else's folder: nothing was changed", contents(data) == before and len(list(data.iterdir())) == 1)
    serve_refused(tally, "a file in place of the folder", binary, data / "thesis.txt", ("thesis.txt",))
    tally.group("somebody else's folder")


# --- a first start that is cut off ------------------------------------------------------------------------------------


def killed_init(tally, binary, folder, rounds):
    """A first start is whole or did not happen."""
    dice = random.Random(3)
    for number in range(rounds):
        data = folder / f"first-{number}"
        process = subprocess.Popen([binary, "init", "--data", str(data), "--format", "json"], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, env=environment())
        time.sleep(dice.uniform(0, 0.25))
        process.send_signal(signal.SIGKILL)
        process.wait()
        is_whole = (data / "argali.db").exists()
        code, _, error = run(binary, "init", "--data", data)
        tally.check(f"first start {number}: init again", code == (1 if is_whole else 0), f"{was_signal(code)} {error}")
        server = Server(binary, data)
        credentials = json.loads((data / "first-credentials").read_text())
        status, body = Client(server.port, credentials).call("sts", "GetCallerIdentity")
        tally.check(f"first start {number}: its credentials work", status == 200, f"{status} {body.get('Code')}")
        server.stop()
        tally.check(f"first start {number}: nothing is left over", not (data / "init.part").exists())
        shutil.rmtree(data)
    tally.group(f"first start killed, {rounds} rounds")


def faults(tally, binary, folder, rounds):
    full_disk(tally, binary, folder)
    stuck_disk(tally, binary, folder)
    read_only(tally, binary, folder)
    damage(tally, binary, folder)
    foreign_folder(tally, binary, folder)
    killed_init(tally, binary, folder, rounds)
