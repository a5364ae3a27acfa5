#!/usr/bin/env python3
"""Turns system_policies.json into system_policies.gen.h and system_policies.gen.c.

Usage: generate.py --policies FILE --header FILE --source FILE

An entry is an object: Name, Description, Version (of its text, 1 is "v1"), Created (of the policy) and Updated (of this
version) as dates, and Document, the policy itself. Whoever changes a Document raises its Version and Updated. An entry is
never removed, as it may be attached somewhere. Whatever is not such a list, a name twice in any case, and a Document that no
policy can be stop the build.
"""

import argparse
import calendar
import json
import re
import sys
import time

MEMBERS = {"Name", "Description", "Version", "Created", "Updated", "Document"}
NAME = re.compile(r"[A-Za-z0-9-]{1,128}")                   # CreatePolicy, PolicyName
ACTION = re.compile(r"\*|[a-z0-9*?-]+:[A-Za-z0-9*?]+")
RESOURCE = re.compile(r"\*|acs:[^:]*:[^:]*:[^:]*:.+|acs:(?:[^:]*:)*\*")
DESCRIPTION_MAX, DOCUMENT_MAX = 1024, 6144                  # CreatePolicy, Description and PolicyDocument


class Problem(Exception):
    pass


def once(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Problem("a member stands twice in one object: %s" % ", ".join(name for name, _ in pairs))
    return members


def texts(value, pattern, where):
    """A text or an array of texts, each of the pattern."""
    items = value if isinstance(value, list) else [value]
    if not items:
        raise Problem("%s is empty" % where)
    for item in items:
        if not isinstance(item, str) or not pattern.fullmatch(item):
            raise Problem("%s: not %s" % (where, json.dumps(item)))


def check_statement(statement, where):
    if not isinstance(statement, dict):
        raise Problem("%s is no object" % where)
    unknown = set(statement) - {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}
    if unknown:
        raise Problem("%s: no member %s" % (where, ", ".join(sorted(unknown))))
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise Problem("%s.Effect is neither Allow nor Deny" % where)
    for one, other, pattern in (("Action", "NotAction", ACTION), ("Resource", "NotResource", RESOURCE)):
        given = [name for name in (one, other) if name in statement]
        if len(given) != 1:
            raise Problem("%s: exactly one of %s and %s" % (where, one, other))
        texts(statement[given[0]], pattern, "%s.%s" % (where, given[0]))
    if not isinstance(statement.get("Condition", {}), dict):
        raise Problem("%s.Condition is no object" % where)


def check_document(document, where):
    """What every policy is. Conditions are left to the parser of the server, which a unit test runs over all documents."""
    if not isinstance(document, dict) or set(document) != {"Version", "Statement"} or document["Version"] != "1":
        raise Problem("%s is not one policy: Version \"1\" and Statement" % where)
    if not isinstance(document["Statement"], list) or not document["Statement"]:
        raise Problem("%s.Statement is no list with statements" % where)
    for i, statement in enumerate(document["Statement"]):
        check_statement(statement, "%s.Statement[%d]" % (where, i))


def date(entry, member, where):
    """Midnight of a date, Unix seconds."""
    try:
        return calendar.timegm(time.strptime(entry[member], "%Y-%m-%d"))
    except (TypeError, ValueError):
        raise Problem("%s.%s is no date" % (where, member)) from None


class Policy:
    def __init__(self, entry, where):
        if not isinstance(entry, dict) or set(entry) != MEMBERS:
            raise Problem("%s does not have exactly the members %s" % (where, ", ".join(sorted(MEMBERS))))
        self.name = entry["Name"]
        if not isinstance(self.name, str) or not NAME.fullmatch(self.name):
            raise Problem("%s.Name: not %s" % (where, json.dumps(self.name)))
        self.description = entry["Description"]
        if not isinstance(self.description, str) or not 1 <= len(self.description) <= DESCRIPTION_MAX:
            raise Problem("%s.Description is no text of 1 to %d characters" % (self.name, DESCRIPTION_MAX))
        self.version = entry["Version"]
        if type(self.version) is not int or not 1 <= self.version < 2 ** 31:
            raise Problem("%s.Version is no number from 1" % self.name)
        self.created, self.updated = date(entry, "Created", self.name), date(entry, "Updated", self.name)
        if self.updated < self.created:
            raise Problem("%s was updated before it was created" % self.name)
        check_document(entry["Document"], self.name + ".Document")
        self.document = json.dumps(entry["Document"], separators=(",", ":"), ensure_ascii=False)
        if len(self.document) > DOCUMENT_MAX:
            raise Problem("%s.Document has more than %d characters" % (self.name, DOCUMENT_MAX))

    def row(self):
        return "    { %s, %s,\n      %d, %s, %d, %d }," % (c_str(self.name), c_str(self.description), self.version,
                                                          c_str(self.document), self.created, self.updated)


def load(path):
    with open(path, encoding="utf-8") as f:
        entries = json.load(f, object_pairs_hook=once)
    if not isinstance(entries, list) or not entries:
        raise Problem("not a list of policies")
    policies = {}
    for i, entry in enumerate(entries):
        policy = Policy(entry, "[%d]" % i)
        if policy.name.lower() in policies:
            raise Problem("%s stands twice" % policy.name)
        policies[policy.name.lower()] = policy
    return [policies[name] for name in sorted(policies)]


def c_str(text):
    out = []
    for byte in text.encode("utf-8"):
        c = chr(byte)
        out.append("\\" + c if c in "\\\"" else c if " " <= c <= "~" and c != "?" else "\\%03o" % byte)
    return 'STR_INIT("%s")' % "".join(out)


def write_header(policies):
    return "\n".join(["/* Generated by src/policy/generate.py from system_policies.json: do not edit. */",
                      "#ifndef ARGALI_SYSTEM_POLICIES_GEN_H", "#define ARGALI_SYSTEM_POLICIES_GEN_H", "",
                      '#include "policy/system_policy.h"', "", "enum { SYSTEM_POLICY_COUNT = %d };" % len(policies), "",
                      "extern const system_policy system_policies[SYSTEM_POLICY_COUNT]; /* by name, in lower case */", "",
                      "#endif", ""])


def write_source(policies):
    return "\n".join(["/* Generated by src/policy/generate.py from system_policies.json: do not edit. */",
                      '#include "policy/system_policies.gen.h"', "",
                      "const system_policy system_policies[SYSTEM_POLICY_COUNT] = {"] +
                     [policy.row() for policy in policies] + ["};", ""])


def main():
    parser = argparse.ArgumentParser()
    for option in ("--policies", "--header", "--source"):
        parser.add_argument(option, required=True)
    options = parser.parse_args()
    try:
        policies = load(options.policies)
    except (Problem, ValueError) as problem:
        sys.exit("%s: %s" % (options.policies, problem))
    for path, text in ((options.header, write_header(policies)), (options.source, write_source(policies))):
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)


if __name__ == "__main__":
    main()
