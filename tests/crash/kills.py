"""kill -9 at a random moment under write load, and what has to hold after the restart."""
import json
import random
import shutil
import sqlite3
import time
from pathlib import Path

from server import Server, check, init, run
from wire import Client, Connection
from writers import AliasWriter, Reader, Writer, is_same, observe

WRITERS = 5
REPLAYED = 40

# What no crash may leave behind; each counts the rows that should not be there.
NO_USER = "NOT EXISTS (SELECT 1 FROM ram_user u WHERE u.account = x.account AND u.id = x.%s)"
NOT_IN_BIN = "NOT EXISTS (SELECT 1 FROM recycled_user r WHERE r.account = x.account AND r.id = x.%s)"
NO_PROFILE = "NOT EXISTS (SELECT 1 FROM login_profile p WHERE p.account = x.account AND p.principal = x.principal)"
OF_USERS = "x.principal BETWEEN 200000000000000000 AND 299999999999999999"


def nowhere(column):
    """The user that the column names is neither there nor in the recycle bin."""
    return f"{NO_USER % column} AND {NOT_IN_BIN % column}"


ORPHANS = {
    "an AccessKey without its owner":
        f"SELECT count(*) FROM access_key x WHERE x.owner <> x.account AND {NO_USER % 'owner'}",
    "an AccessKey in the recycle bin without its owner":
        f"SELECT count(*) FROM recycled_key x WHERE x.owner <> x.account AND {nowhere('owner')}",
    "an AccessKey that went with its user, who is not in the recycle bin":
        f"SELECT count(*) FROM recycled_key x WHERE x.with_user = 1 AND {NOT_IN_BIN % 'owner'}",
    "an AccessKey both there and in the recycle bin":
        "SELECT count(*) FROM recycled_key x WHERE EXISTS (SELECT 1 FROM access_key k WHERE k.id = x.id)",
    "a user both there and in the recycle bin":
        "SELECT count(*) FROM recycled_user x WHERE EXISTS"
        " (SELECT 1 FROM ram_user u WHERE u.account = x.account AND u.id = x.id)",
    "a tag without its user":
        f"SELECT count(*) FROM tag x WHERE x.kind = 1 AND {nowhere('resource')}",
    "a policy without its principal":
        f"SELECT count(*) FROM attachment x WHERE x.kind = 1 AND x.principal <> x.account AND {nowhere('principal')}",
    "a member without its user":
        f"SELECT count(*) FROM group_member x WHERE {NO_USER % 'user_id'}",
    "a login profile without its principal":
        f"SELECT count(*) FROM login_profile x WHERE x.principal <> x.account AND {nowhere('principal')}",
    "an earlier password without its login profile":
        f"SELECT count(*) FROM password_history x WHERE {NO_PROFILE}",
    "an attempt at the secrets of no user":
        f"SELECT count(*) FROM attempt x WHERE {OF_USERS} AND {nowhere('principal')}",
    "a sign-in link without its user":
        f"SELECT count(*) FROM sign_in_link x WHERE {nowhere('user_id')}",
    "a piece of no report":
        "SELECT count(*) FROM report_piece x WHERE NOT EXISTS"
        " (SELECT 1 FROM report r WHERE r.account = x.account AND r.kind = x.kind)",
    "a user without the tags it was made with":
        "SELECT count(*) FROM ram_user u WHERE u.name LIKE 'crash-%' AND 2 > (SELECT count(*) FROM tag t"
        " WHERE t.account = u.account AND t.kind = 1 AND t.resource = u.id AND t.key IN ('made', 'by'))",
    "a wrong count of users":
        "SELECT count(*) FROM account a WHERE a.user_n <> (SELECT count(*) FROM ram_user u WHERE u.account = a.id)",
    "a gap in the audit events":
        "SELECT count(*) FROM (SELECT count(*) AS n, max(number) AS last FROM audit_event GROUP BY account) WHERE n <> last",
}


class Folder:
    """A data folder with two accounts: one for users, one whose alias changes."""

    def __init__(self, binary, folder):
        self.binary, self.folder = binary, Path(folder)
        self.admin = init(binary, self.folder)
        code, out, error = run(binary, "account", "create", "--data", self.folder, "--format", "json")
        if code != 0:
            raise AssertionError(f"account create: {error}")
        self.other = json.loads(out)
        self.domain = self.admin["AdminLogonName"].split("@")[1]
        self.events = set()             # RequestIds of the audit events of earlier rounds
        self.replayed = 0               # writes of the last round that had not happened, and did when they were sent again

    def copy_store(self):
        """The store as the crash left it, opened beside it, so that looking at it changes nothing."""
        copy = self.folder.parent / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for name in ("argali.db", "argali.db-wal"):
            if (self.folder / name).exists():
                shutil.copy(self.folder / name, copy / name)
        return sqlite3.connect(copy / "argali.db")


def one_round(tally, folder, number, dice):
    server = Server(folder.binary, folder.folder)
    writers = [Writer(f"crash-{number}-{i}", server.port, folder.admin, folder.domain, dice.random()) for i in range(WRITERS)]
    writers.append(AliasWriter(f"crash-{number}", server.port, folder.other, "", 0))
    reader = Reader(server.port, folder.admin)
    for thread in (*writers, reader):
        thread.start()
    time.sleep(dice.uniform(0.05, 1.2))
    server.kill()
    for thread in (*writers, reader):
        thread.join(30)
        tally.check(f"round {number}: only what is right was answered", thread.surprise is None, thread.surprise)

    events = look_at_store(tally, folder, number, writers)
    code, found = check(folder.binary, folder.folder)
    tally.check(f"round {number}: argali check after the kill", code == 0, found)

    server = Server(folder.binary, folder.folder)
    try:
        applied = look_at_server(tally, folder, number, server.port, writers)
        acknowledged = sum(len(w.acknowledged) for w in writers)
        tally.check(f"round {number}: as many audit events as writes", events == acknowledged + applied + folder.replayed,
                    f"{events} events, {acknowledged} writes acknowledged, {applied} more applied, {folder.replayed} by replay")
        folder.replayed = replay(tally, number, server.port, writers, reader)
    finally:
        code = server.stop()
    tally.check(f"round {number}: stops cleanly", code == 0, f"exit code {code}")
    return sum(len(w.acknowledged) for w in writers)


def look_at_store(tally, folder, number, writers):
    """The audit events that this round added."""
    db = folder.copy_store()
    try:
        for what, query in ORPHANS.items():
            count = db.execute(query).fetchone()[0]
            tally.check(f"round {number}: not {what}", count == 0, f"{count} times")
        events = {json.loads(body).get("requestId") for (body,) in db.execute("SELECT body FROM audit_event")} - {None}
    finally:
        db.close()
    missing = [r for w in writers for _, r in w.acknowledged if r not in events]
    tally.check(f"round {number}: every acknowledged write has its audit event", not missing, f"{len(missing)} lack it")
    new = events - folder.events
    folder.events = events
    return len(new)


def look_at_server(tally, folder, number, port, writers):
    """Compares all states; how many of the writes without an answer were applied."""
    client, other = Client(port, folder.admin), Client(port, folder.other)
    applied = 0
    for w in writers:
        for user in set(w.users) | ({w.pending.user} if w.pending else set()):
            is_alias = isinstance(w, AliasWriter)
            seen = other.get("ram", "GetAccountAlias")["AccountAlias"] if is_alias else observe(client, folder.domain, user)
            applied += compare(tally, number, w, user, seen, is_alias)
    compare_keys(tally, number, port, writers)
    client.close()
    other.close()
    return applied


def compare(tally, number, writer, user, seen, is_alias):
    same = (lambda a, b: a == b) if is_alias else is_same
    expected = writer.users.get(user)
    is_pending = writer.pending is not None and writer.pending.user == user
    if is_alias and expected is None:   # none was acknowledged: the alias of before stands
        expected = seen if not (is_pending and seen == writer.pending.apply(None, None)) else None
    if same(expected, seen):
        tally.check(f"round {number}: {user}", True)
        return 0
    state = json.loads(json.dumps(expected))
    is_applied = is_pending and same(writer.pending.apply(state, None), seen)
    if is_applied:
        writer.applied = writer.pending
    tally.check(f"round {number}: {user} is as acknowledged", is_applied,
                f"expected {expected}, pending {writer.pending.action if is_pending else 'nothing'}, seen {seen}")
    return 1 if is_applied else 0


def compare_keys(tally, number, port, writers):
    """Acknowledged AccessKeys sign, unless they were disabled or deleted."""
    for w in writers:
        unsure = w.pending.user if w.pending else None
        now = {key: key_status for user, state in w.users.items() if user != unsure and isinstance(state, dict)
               for key, key_status in state["keys"].items()}
        gone = [key for key in w.secrets if not any(isinstance(s, dict) and key in s["keys"] for s in w.users.values())]
        want = {"Active": (200, None), "Inactive": (400, "InvalidAccessKeyId.Inactive"),
                None: (400, "InvalidAccessKeyId.NotFound")}
        for key in [*list(now)[-10:], *gone[-5:]]:
            client = Client(port, {"AccessKeyId": key, "AccessKeySecret": w.secrets[key]})
            status, body = client.call("sts", "GetCallerIdentity")
            client.close()
            key_status = now.get(key)
            is_right = (status, body.get("Code")) == want[key_status]
            what = f"round {number}: AccessKey {key} ({key_status or 'deleted'})"
            tally.check(what, is_right, f"{status} {body.get('Code')}")


def replay(tally, number, port, writers, reader):
    """The same bytes once more: no nonce works twice, before and after the kill. How many of the lost writes worked now."""
    connection, worked = Connection(port), 0

    def is_used(request):
        status, body = connection.send(request)
        return status == 400 and body["Code"] == "SignatureNonceUsed"

    for w in writers:
        for request, _ in w.acknowledged[-REPLAYED:]:
            tally.check(f"round {number}: an acknowledged {w.prefix} replayed", is_used(request))
        if w.pending and w.pending is w.applied:
            tally.check(f"round {number}: the applied {w.pending.action} replayed", is_used(w.pending.request))
        elif w.pending:
            worked += connection.send(w.pending.request)[0] == 200      # it may work now, but only once
            tally.check(f"round {number}: the lost {w.pending.action} sent twice more", is_used(w.pending.request))
    for request in reader.answered[-REPLAYED:]:
        tally.check(f"round {number}: an answered read replayed", is_used(request))
    connection.close()
    return worked


def kill_rounds(tally, binary, folder, rounds, seed):
    dice = random.Random(seed)
    data = Folder(binary, folder / "kills")
    writes = sum(one_round(tally, data, number, dice) for number in range(rounds))
    tally.check("the rounds wrote something", writes > 20 * rounds, f"{writes} writes")
    tally.group(f"kill -9, {rounds} rounds, {writes} acknowledged writes")
