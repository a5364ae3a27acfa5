"""kill -9 of backup and rotate-key, and of the server under them, at random moments: both are safe to run again."""
import json
import random
import subprocess
import time

from server import Server, check, environment, init, run
from wire import Client

USERS = 300
RESTORED = "restored"


def fill(binary, folder):
    credentials = init(binary, folder)
    server = Server(binary, folder)
    client = Client(server.port, credentials)
    keys = []
    for i in range(USERS):
        client.get("ram", "CreateUser", UserName=f"user-{i}")
        keys.append(client.get("ram", "CreateAccessKey", UserName=f"user-{i}")["AccessKey"])
    client.close()
    server.stop()
    return credentials, keys


def start(binary, *arguments):
    return subprocess.Popen([binary, *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                            env=environment())


def killed_after(process, seconds):
    time.sleep(seconds)
    process.kill()
    process.wait()


def keys_work(tally, what, port, keys, dice):
    for key in dice.sample(keys, 5):
        client = Client(port, key)
        status, body = client.call("sts", "GetCallerIdentity")
        client.close()
        tally.check(f"{what}: AccessKeys work", status == 200, f"{status} {body.get('Code')}")


def backups(tally, binary, folder, where, rounds, dice):
    server = Server(binary, folder)
    for i in range(rounds):
        file = where / f"backup-{i}"
        killed_after(start(binary, "backup", "--data", folder, file), dice.uniform(0.005, 0.15))
        if not file.exists():
            code, _, error = run(binary, "backup", "--data", folder, file)
            tally.check(f"backup {i}: again after a kill", code == 0, error)
        code, _, error = run(binary, "restore", "--data", where / f"{RESTORED}-{i}", file)
        tally.check(f"backup {i}: a file that is there is whole", code == 0, error)
    server.stop()
    left = [p.name for p in folder.iterdir() if p.name.startswith("backup.part")]
    code, _, error = run(binary, "backup", "--data", folder, where / "last")
    tally.check("backup: the next one clears what was left", code == 0, f"{error} {left}")
    tally.check("backup: nothing is left", not any(p.name.startswith("backup.part") for p in folder.iterdir()))


def restores(tally, binary, where, rounds, dice):
    for i in range(rounds):
        target = where / f"killed-{i}"
        killed_after(start(binary, "restore", "--data", target, where / "last"), dice.uniform(0.005, 0.15))
        if not (target / "argali.db").exists():
            code, _, error = run(binary, "restore", "--data", target, where / "last")
            tally.check(f"restore {i}: again after a kill", code == 0, error)
        (target / "master.key").write_bytes((where / "data" / "master.key").read_bytes())
        (target / "master.key").chmod(0o400)
        code, found = check(binary, target)
        tally.check(f"restore {i}: what is there is whole", code == 0, found)


def rotations(tally, binary, folder, keys, rounds, dice):
    for i in range(rounds):
        server = Server(binary, folder)
        rotation = start(binary, "rotate-key", "--data", folder, "--old-key", "drop")
        time.sleep(dice.uniform(0.005, 0.4))
        if i % 2 == 0:
            server.kill()
        rotation.kill()
        rotation.wait()
        if i % 2 == 0:
            code, found = check(binary, folder)
            tally.check(f"rotate-key {i}: argali check after the kill", code == 0, found)
            server = Server(binary, folder)
        keys_work(tally, f"rotate-key {i}", server.port, keys, dice)
        server.stop()
    server = Server(binary, folder)
    code, out, error = run(binary, "rotate-key", "--data", folder, "--old-key", "drop", "--format", "json")
    tally.check("rotate-key: the last run ends it", code == 0 and json.loads(out)["Result"] == "rotated", f"{out} {error}")
    keys_work(tally, "rotate-key, ended", server.port, keys, dice)
    server.stop()
    code, found = check(binary, folder)
    tally.check("rotate-key: argali check in the end", code == 0, found)
    lines = (folder / "master.key").read_text().splitlines()
    tally.check("rotate-key: one master key is left", sum(line.startswith("argali-master-key-1") for line in lines) == 1)


def operations(tally, binary, folder, rounds, seed):
    dice = random.Random(seed)
    where = folder / "operations"
    where.mkdir()
    _, keys = fill(binary, where / "data")
    backups(tally, binary, where / "data", where, rounds, dice)
    restores(tally, binary, where, rounds, dice)
    rotations(tally, binary, where / "data", keys, rounds, dice)
    tally.group(f"kill -9 of backup, restore and rotate-key, {rounds} rounds each")
