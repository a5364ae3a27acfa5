"""Threads that write, and remember what was acknowledged.

A writer owns its users: nobody else changes them, so what has to be true after a crash is exactly what was acknowledged,
with or without the one write that was under way. A state is None (no such user) or
{"id", "tags", "keys": {AccessKeyId: Status}}.
"""
import copy
import random
import threading
from collections import namedtuple

from wire import Client, sign

# apply(state, body) is the state after it; body None: the answer never came.
Write = namedtuple("Write", "user action request apply")
UNKNOWN_KEY = "unknown"


def created(tags):
    def apply(_, body):
        return {"id": body["User"]["UserId"] if body else None, "tags": tags, "keys": {}}
    return apply


def tagged(key, value):
    def apply(state, _):
        state["tags"][key] = value
        return state
    return apply


def key_made(state, body):
    state["keys"][body["AccessKey"]["AccessKeyId"] if body else UNKNOWN_KEY] = "Active"
    return state


def key_updated(key, key_status):
    def apply(state, _):
        state["keys"][key] = key_status
        return state
    return apply


def key_deleted(key):
    def apply(state, _):
        del state["keys"][key]
        return state
    return apply


def deleted(_, __):
    return None


class Writer(threading.Thread):
    """Writes until the connection breaks. pending is then the write without an answer, or None."""

    def __init__(self, name, port, credentials, domain, seed):
        super().__init__(daemon=True)
        self.prefix, self.credentials, self.domain = name, credentials, domain
        self.client, self.dice = Client(port, credentials), random.Random(seed)
        self.users, self.secrets, self.number = {}, {}, 0
        self.acknowledged = []          # (request, RequestId), in order
        self.pending, self.applied, self.surprise = None, None, None

    def run(self):
        try:
            while self.surprise is None:
                self.write(self.choose())
        except OSError:
            pass
        finally:
            self.client.close()

    def write(self, write):
        self.pending = write
        status, body = self.client.connection.send(write.request)
        self.pending = None
        if status != 200:
            self.surprise = f"{write.action} of {write.user}: {status} {body.get('Code')}"
            return
        self.acknowledged.append((write.request, body["RequestId"]))
        self.users[write.user] = write.apply(copy.deepcopy(self.users.get(write.user)), body)
        if write.action == "CreateAccessKey":
            self.secrets[body["AccessKey"]["AccessKeyId"]] = body["AccessKey"]["AccessKeySecret"]

    def choose(self):
        there = [name for name, state in self.users.items() if state]
        if len(there) < 3 or self.dice.random() < 0.25:
            return self.create()
        name = self.dice.choice(there[-8:])
        state, key = self.users[name], None
        if state["keys"]:
            key = self.dice.choice(list(state["keys"]))
        if self.dice.random() < 0.3:
            return self.tag(name, state)
        if key is None or (len(state["keys"]) < 2 and self.dice.random() < 0.5):
            if key is None and self.dice.random() < 0.1:
                return self.of(name, "DeleteUser", deleted)
            return self.of(name, "CreateAccessKey", key_made)
        if self.dice.random() < 0.5:
            other = "Inactive" if state["keys"][key] == "Active" else "Active"
            return self.of(name, "UpdateAccessKey", key_updated(key, other), UserAccessKeyId=key, Status=other)
        return self.of(name, "DeleteAccessKey", key_deleted(key), UserAccessKeyId=key)

    def signed(self, user, action, apply, parameters):
        return Write(user, action, sign(self.credentials, "ims", action, parameters), apply)

    def of(self, user, action, apply, **parameters):
        return self.signed(user, action, apply, {"UserPrincipalName": f"{user}@{self.domain}", **parameters})

    def create(self):
        self.number += 1
        tags = {"made": "whole", "by": self.prefix}
        parameters = {"DisplayName": "Crash Test"}
        for i, (key, value) in enumerate(tags.items(), 1):
            parameters[f"Tag.{i}.Key"], parameters[f"Tag.{i}.Value"] = key, value
        return self.of(f"{self.prefix}-{self.number}", "CreateUser", created(tags), **parameters)

    def tag(self, user, state):
        key, value = f"k{self.dice.randrange(6)}", f"v{self.dice.randrange(1000)}"
        parameters = {"ResourceType": "user", "ResourceId.1": state["id"], "Tag.1.Key": key, "Tag.1.Value": value}
        return self.signed(user, "TagResources", tagged(key, value), parameters)


class AliasWriter(Writer):
    """The alias of an account of its own, as user principal names follow it."""

    def choose(self):
        self.number += 1
        alias = f"{self.prefix}-{self.number}"
        return Write("alias", "SetAccountAlias", sign(self.credentials, "ram", "SetAccountAlias", {"AccountAlias": alias}),
                     lambda _, __: alias)


class Reader(threading.Thread):
    """Calls that change nothing: their nonces may not work twice either."""

    def __init__(self, port, credentials):
        super().__init__(daemon=True)
        self.client, self.answered, self.surprise = Client(port, credentials), [], None

    def run(self):
        try:
            while self.surprise is None:
                request = sign(self.client.credentials, "sts", "GetCallerIdentity", {})
                status, body = self.client.connection.send(request)
                if status == 200:
                    self.answered.append(request)
                else:
                    self.surprise = f"GetCallerIdentity: {status} {body.get('Code')}"
        except OSError:
            pass
        finally:
            self.client.close()


def observe(client, domain, user):
    """The state of a user as the server tells it."""
    principal = f"{user}@{domain}"
    status, body = client.call("ims", "GetUser", UserPrincipalName=principal)
    if status == 404 and body["Code"] == "EntityNotExist.User":
        return None
    if status != 200:
        raise AssertionError(f"GetUser {user}: {status} {body}")
    user_id = body["User"]["UserId"]
    tags = client.get("ims", "ListTagResources", ResourceType="user", ResourceId_1=user_id)["TagResources"]["TagResource"]
    keys = client.get("ims", "ListAccessKeys", UserPrincipalName=principal)["AccessKeys"]["AccessKey"]
    return {"id": user_id, "tags": {t["TagKey"]: t["TagValue"] for t in tags},
            "keys": {k["AccessKeyId"]: k["Status"] for k in keys}}


def is_same(expected, seen):
    """Is it what was expected? What the answer that never came would have named may be anything."""
    if expected is None or seen is None:
        return expected is seen
    keys = dict(seen["keys"])
    if UNKNOWN_KEY in expected["keys"]:
        new = [k for k in keys if k not in expected["keys"]]
        if len(new) != 1:
            return False
        keys[UNKNOWN_KEY] = keys.pop(new[0])
    return expected["id"] in (None, seen["id"]) and expected["tags"] == seen["tags"] and expected["keys"] == keys
