"""The main path with the official Python SDKs, unmodified, over http and https: main_path.py BIN.

A user is made, gets an AccessKey, calls with it, is listed, and goes again. The last line is `N passed, N failed`.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import traceback

from alibabacloud_ims20190815 import models as ims_models
from alibabacloud_ims20190815.client import Client as Ims
from alibabacloud_ram20150501 import models as ram_models
from alibabacloud_ram20150501.client import Client as Ram
from alibabacloud_sts20150401.client import Client as Sts
from alibabacloud_tea_openapi import models as open_api

TIMEOUT_MS = 30_000
REQUEST_ID = re.compile(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class Server:
    """`argali serve` on ports that the system picks, in a data folder of its own."""

    def __init__(self, binary):
        self.folder = tempfile.mkdtemp(prefix="argali-python-")
        data = os.path.join(self.folder, "data")
        env = {name: value for name, value in os.environ.items() if not name.startswith("ARGALI_")}
        made = subprocess.run([binary, "init", "--data", data, "--format", "json", "--password-hash-memory", "7168"],
                              env=env, check=True, stdout=subprocess.PIPE)
        self.account = json.loads(made.stdout)
        listeners = [part for name in ("listen", "listen-tls", "listen-admin") for part in ("--" + name, "127.0.0.1:0")]
        serve = [binary, "serve", "--data", data, "--format", "json", "--log-level", "warning", *listeners]
        self.process = subprocess.Popen(serve, env=env, stdout=subprocess.PIPE)
        self.ready = json.loads(self.process.stdout.readline())

    def stop(self):
        self.process.terminate()
        try:
            return self.process.wait(timeout=60)
        finally:
            self.process.kill()
            shutil.rmtree(self.folder, ignore_errors=True)


def config(server, key, scheme, algorithm):
    made = open_api.Config(access_key_id=key[0], access_key_secret=key[1], protocol=scheme)
    made.read_timeout = made.connect_timeout = TIMEOUT_MS
    made.endpoint = server.ready["ListenTls" if scheme == "https" else "Listen"]
    made.signature_algorithm = algorithm
    if scheme == "https":
        made.ca = server.ready["Certificate"]
    return made


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def expect_refused(call, status, code):
    try:
        call()
    except Exception as error:  # the SDKs have several classes; what they carry is compared
        expect(getattr(error, "code", None) == code, f"{code} was expected: {error!r}")
        seen = getattr(error, "status_code", None) or (getattr(error, "data", None) or {}).get("statusCode")
        expect(seen == status, f"status {status} was expected: {seen}")
        return
    raise AssertionError(f"{code} was expected, and the call succeeded")


def main_path(server, scheme, algorithm):
    account, domain = server.account["AccountId"], server.account["AccountAlias"] + ".onaliyun.com"
    admin = config(server, (server.account["AccessKeyId"], server.account["AccessKeySecret"]), scheme, algorithm)
    ims, ram = Ims(admin), Ram(admin)
    upn, awkward = f"py.user@{domain}", "A b+c*d~e'f(g)!h&i=j%k/中"

    tag = ims_models.CreateUserRequestTag(key="team", value="blue & white")
    spec = ims_models.CreateUserRequest(user_principal_name=upn, display_name=awkward, comments="two\nlines", tag=[tag])
    made = ims.create_user(spec).body
    expect(REQUEST_ID.fullmatch(made.request_id), made.request_id)
    user = made.user
    expect(user.user_principal_name == upn and user.display_name == awkward and user.comments == "two\nlines", user.to_map())
    expect(TIME.fullmatch(user.create_date), user.create_date)
    expect([(t.tag_key, t.tag_value) for t in user.tags.tag] == [("team", "blue & white")], user.to_map())

    key = ram.create_access_key(ram_models.CreateAccessKeyRequest(user_name="py.user")).body.access_key
    expect(re.fullmatch(r"LTAI[A-Za-z0-9]{20}", key.access_key_id) and key.status == "Active", key.access_key_id)

    own = config(server, (key.access_key_id, key.access_key_secret), scheme, algorithm)
    who = Sts(own).get_caller_identity().body
    expect((who.identity_type, who.account_id) == ("RAMUser", account), who.to_map())
    expect((who.user_id, who.principal_id) == (user.user_id, user.user_id), who.to_map())
    expect(who.arn == f"acs:ram::{account}:user/py.user", who.arn)
    expect_refused(lambda: Ram(own).list_users(ram_models.ListUsersRequest()), 403, "NoPermission")

    users = ram.list_users(ram_models.ListUsersRequest(max_items=100)).body
    expect([u.user_name for u in users.users.user] == ["admin", "py.user"] and users.is_truncated is False, users.to_map())
    keys = ims.list_access_keys(ims_models.ListAccessKeysRequest(user_principal_name=upn)).body.access_keys.access_key
    expect([k.access_key_id for k in keys] == [key.access_key_id], keys)

    change = ram_models.UpdateAccessKeyRequest(user_name="py.user", user_access_key_id=key.access_key_id, status="Inactive")
    ram.update_access_key(change)
    expect_refused(lambda: Sts(own).get_caller_identity(), 400, "InvalidAccessKeyId.Inactive")
    gone = ims_models.DeleteUserRequest(user_id=user.user_id)
    expect_refused(lambda: ims.delete_user(gone), 409, "DeleteConflict.User.AccessKey")
    ims.delete_access_key(ims_models.DeleteAccessKeyRequest(user_principal_name=upn, user_access_key_id=key.access_key_id))
    expect_refused(lambda: Sts(own).get_caller_identity(), 400, "InvalidAccessKeyId.NotFound")
    ims.delete_user(gone)
    expect_refused(lambda: ram.get_user(ram_models.GetUserRequest(user_name="py.user")), 404, "EntityNotExist.User")


def main():
    passed = failed = 0
    server = Server(sys.argv[1])
    try:
        for scheme in ("http", "https"):
            for algorithm in (None, "ACS3-HMAC-SM3", "v2"):
                name = f"main path over {scheme}, {algorithm or 'ACS3-HMAC-SHA256'}"
                try:
                    main_path(server, scheme, algorithm)
                    passed += 1
                    print("ok    ", name)
                except Exception:
                    failed += 1
                    print("FAILED", name)
                    traceback.print_exc(file=sys.stdout)
    finally:
        code = server.stop()
    if code == 0:
        passed += 1
    else:
        failed += 1
        print("FAILED the server ended with", code)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
