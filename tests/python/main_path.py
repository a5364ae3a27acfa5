# covers: Sts.AssumeRole
"""The main path with the official Python SDKs, unmodified, over http and https: main_path.py BIN.

A user is made, gets an AccessKey, calls with it, is listed, and goes again; a role is assumed, by the STS client and by the
credential provider. The last line is `N passed, N failed`.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import traceback

from alibabacloud_credentials import client as credentials, models as credentials_models
from alibabacloud_ims20190815 import models as ims_models
from alibabacloud_ims20190815.client import Client as Ims
from alibabacloud_ram20150501 import models as ram_models
from alibabacloud_ram20150501.client import Client as Ram
from alibabacloud_sts20150401 import models as sts_models
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
    """key: (id, secret), of a session with its token; or a credentials client."""
    if isinstance(key, credentials.Client):
        made = open_api.Config(credential=key, protocol=scheme)
    else:
        made = open_api.Config(access_key_id=key[0], access_key_secret=key[1], protocol=scheme)
        made.security_token = key[2] if len(key) > 2 else None
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
    refused = ram_models.DeleteUserRequest(user_name="py.user")
    expect_refused(lambda: ram.delete_user(refused), 409, "DeleteConflict.User.AccessKey")
    ims.delete_access_key(ims_models.DeleteAccessKeyRequest(user_principal_name=upn, user_access_key_id=key.access_key_id))
    expect_refused(lambda: Sts(own).get_caller_identity(), 400, "InvalidAccessKeyId.NotFound")
    ims.delete_user(gone)
    expect_refused(lambda: ram.get_user(ram_models.GetUserRequest(user_name="py.user")), 404, "EntityNotExist.User")


def check_session(server, key, scheme, algorithm, arn):
    """It is the role's session, may read, and may not write."""
    session = config(server, key, scheme, algorithm)
    who = Sts(session).get_caller_identity().body
    expect((who.identity_type, who.arn, who.user_id) == ("AssumedRoleUser", arn, None), who.to_map())
    expect(who.role_id and who.principal_id.startswith(who.role_id + ":"), who.to_map())
    expect([u.user_name for u in Ram(session).list_users(ram_models.ListUsersRequest()).body.users.user] == ["admin"], arn)
    expect_refused(lambda: Ram(session).create_user(ram_models.CreateUserRequest(user_name="x")), 403, "NoPermission")


def assume_role(server, scheme, algorithm):
    account = server.account["AccountId"]
    admin_key = (server.account["AccessKeyId"], server.account["AccessKeySecret"])
    ram = Ram(config(server, admin_key, scheme, algorithm))
    principal = {"RAM": [f"acs:ram::{account}:root"]}
    trust = {"Version": "1", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}]}
    spec = ram_models.CreateRoleRequest(role_name="Py.Role", assume_role_policy_document=json.dumps(trust))
    role = ram.create_role(spec).body.role
    expect(role.arn == f"acs:ram::{account}:role/py.role", role.arn)
    expect(role.assume_role_policy_document == json.dumps(trust), role.assume_role_policy_document)
    reader = {"role_name": "Py.Role", "policy_type": "System", "policy_name": "AliyunRAMReadOnlyAccess"}
    ram.attach_policy_to_role(ram_models.AttachPolicyToRoleRequest(**reader))

    request = sts_models.AssumeRoleRequest(role_arn=role.arn, role_session_name="python", duration_seconds=900)
    given = Sts(config(server, admin_key, scheme, algorithm)).assume_role(request).body
    expect(given.assumed_role_user.arn == role.arn + "/python", given.assumed_role_user.to_map())
    expect(TIME.fullmatch(given.credentials.expiration), given.credentials.expiration)
    session = (given.credentials.access_key_id, given.credentials.access_key_secret, given.credentials.security_token)
    check_session(server, session, scheme, algorithm, role.arn + "/python")
    expect_refused(lambda: Sts(config(server, (*session[:2], session[2][:-1]), scheme, algorithm)).get_caller_identity(),
                   400, "InvalidSecurityToken.Malformed")

    # The provider reaches STS over https alone, and trusts what OpenSSL trusts: SSL_CERT_FILE.
    provider = credentials.Client(credentials_models.Config(
        type="ram_role_arn", access_key_id=admin_key[0], access_key_secret=admin_key[1], role_arn=role.arn,
        role_session_name="provider", sts_endpoint=server.ready["ListenTls"], timeout=TIMEOUT_MS, connect_timeout=TIMEOUT_MS))
    check_session(server, provider, scheme, algorithm, role.arn + "/provider")

    ram.detach_policy_from_role(ram_models.DetachPolicyFromRoleRequest(**reader))
    ram.delete_role(ram_models.DeleteRoleRequest(role_name="py.role"))
    for key in (session, provider):
        expect_refused(lambda: Sts(config(server, key, scheme, algorithm)).get_caller_identity(),
                       400, "InvalidSecurityToken.Revoked")


def main():
    passed = failed = 0
    server = Server(sys.argv[1])
    try:
        os.environ["SSL_CERT_FILE"] = server.ready["Certificate"]
        runs = [(path, scheme, algorithm) for path in (main_path, assume_role) for scheme in ("http", "https")
                for algorithm in (None, "ACS3-HMAC-SM3", "v2")]
        for path, scheme, algorithm in runs:
            name = f"{path.__name__} over {scheme}, {algorithm or 'ACS3-HMAC-SHA256'}"
            try:
                path(server, scheme, algorithm)
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
