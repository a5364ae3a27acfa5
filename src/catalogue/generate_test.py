#!/usr/bin/env python3
"""What the generator and the coverage table refuse: each case breaks one thing in a copy of the files and has to be told so.

Usage: generate_test.py ROOT
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else os.getcwd()


class Scratch(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.root)
        shutil.copytree(os.path.join(ROOT, "api"), os.path.join(self.root, "api"))
        for folder in ("docs", "src/api", "tests/api", "tests/python"):
            os.makedirs(os.path.join(self.root, folder))

    def run_script(self, name, *arguments):
        command = [sys.executable, "-B", os.path.join(ROOT, "src/catalogue", name)] + list(arguments)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, done.stderr

    def change(self, name, change):
        path = os.path.join(self.root, "api", name)
        with open(path, encoding="utf-8") as f:
            data = json.load(f)
        change(data)
        with open(path, "w", encoding="utf-8") as f:
            json.dump(data, f)

    def write(self, path, text):
        with open(os.path.join(self.root, path), "w", encoding="utf-8") as f:
            f.write(text)


class Generate(Scratch):
    def generate(self):
        return self.run_script("generate.py", "--api", os.path.join(self.root, "api"), "--header",
                               os.path.join(self.root, "x.h"), "--source", os.path.join(self.root, "x.c"))

    def refused(self, name, change, words):
        self.change(name, change)
        code, text = self.generate()
        self.assertEqual(code, 1)
        self.assertIn(words, text)
        self.assertFalse(os.path.exists(os.path.join(self.root, "x.h")))

    def test_untouched(self):
        self.assertEqual(self.generate(), (0, ""))

    def test_override_of_no_field(self):
        entry = {"product": "Ram", "fields": ["UserNam"], "set": {"len": [1, 2]}, "reason": "r"}
        self.refused("overrides.json", lambda d: d["fields"].append(entry), "UserNam is unused")

    def test_override_that_changes_nothing(self):
        entry = {"product": "Ram", "actions": ["CreateUser"], "fields": ["UserName"], "set": {"len": [1, 64]}, "reason": "r"}
        self.refused("overrides.json", lambda d: d["fields"].append(entry), "UserName is unused")

    def test_override_of_no_action(self):
        entry = {"product": "Ram", "actions": ["CreateUsr"], "fields": ["UserName"], "set": {"len": [1, 2]}, "reason": "r"}
        self.refused("overrides.json", lambda d: d["fields"].append(entry), "no such action")

    def test_override_without_reason(self):
        self.refused("overrides.json", lambda d: d["fields"][0].pop("reason"), "has no reason")

    def test_override_of_no_group(self):
        entry = {"product": "Ram", "actions": ["CreateUser"], "exactly": False, "reason": "r"}
        self.refused("overrides.json", lambda d: d["oneOf"].append(entry), "unused")

    def added(self, words, **entry):
        entry = {"product": "Ram", "actions": ["GetUser"], "reason": "r", **entry}
        self.refused("overrides.json", lambda d: d["added"].append(entry), words)

    def extended(self, words, **entry):
        entry = {"product": "Ram", "name": "GetUser", "action": {}, "reason": "r", **entry}
        self.refused("overrides.json", lambda d: d["actions"].append(entry), words)

    def test_action_that_is_there(self):
        self.extended("is there already")

    def test_action_of_no_product(self):
        self.extended("no product", product="Rom")

    def test_action_without_reason(self):
        self.extended("has no reason", reason="")

    def test_addition_of_what_is_there(self):
        self.added("UserName cannot be added", req={"UserName": "string"})

    def test_addition_into_no_object(self):
        self.added("UserName cannot be added", resp={"User": {"UserName": {"First": "string"}}})

    def test_addition_to_no_action(self):
        self.added("no such action", actions=["GetUsr"], req={"X": "string"})

    def test_addition_to_no_product(self):
        self.added("no product", product="Rom", req={"X": "string"})

    def test_addition_to_no_part(self):
        self.added("no part", head={"auth": "AK"})

    def test_addition_without_reason(self):
        self.added("has no reason", reason="", req={"X": "string"})

    def test_unknown_characters(self):
        self.refused("overrides.json", lambda d: d["fields"][0]["set"].update(chars="klingon"), "klingon")

    def test_unknown_encoding(self):
        self.refused("ram.json", lambda d: d["actions"]["TagResources"]["head"]["enc"].update(Tag="yaml"), "unknown enc")

    def test_unknown_request_type(self):
        self.refused("ram.json", lambda d: d["actions"]["GetUser"]["req"].update(UserName="any"), "no request field can be")

    def test_unknown_response_type(self):
        self.refused("ram.json", lambda d: d["actions"]["GetUser"]["resp"].update(X="float"), "unknown type")

    def test_limit_that_does_not_fit(self):
        limits = {"UserName": {"range": [1, 2]}}
        self.refused("ram.json", lambda d: d["actions"]["GetUser"].update(reqLimits=limits), "does not fit")

    def test_required_parameter_that_is_none(self):
        self.refused("ram.json", lambda d: d["actions"]["GetUser"]["head"].update(required=["Name"]), "which is no parameter")

    def test_two_fields_of_one_c_name(self):
        names = {"URLName": "string", "UrlName": "string"}
        self.refused("ram.json", lambda d: d["actions"]["GetUser"]["req"].update(names), "one C name")

    def test_wrong_count(self):
        self.refused("sts.json", lambda d: d["counts"].update(actions=5), "count")

    def test_our_own_action(self):
        action = {"head": {"auth": "AK", "required": ["SessionId"]}, "req": {"SessionId": "string"},
                  "resp": {"RequestId": "string"}}

        def add(data):
            data["actions"]["DeleteSession"] = action
            data["counts"]["actions"] += 1
        self.change("argali.json", add)
        self.assertEqual(self.generate(), (0, ""))
        with open(os.path.join(self.root, "x.h"), encoding="utf-8") as f:
            self.assertIn("ARGALI_DELETE_SESSION", f.read())


ACTIONS_C = """
/* { RAM_DELETE_USER, "ram:DeleteUser", RES_USER, SELF_NONE, CLASS_PLAIN, .apply = f }, */
static const action_row rows[] = {
    { RAM_CREATE_USER, "ram:CreateUser", RES_USER_ALL, SELF_NONE, CLASS_PLAIN,
      .apply = create_user_apply },
    { RAM_LIST_USERS, "ram:ListUsers", RES_USER_ALL, SELF_NONE, CLASS_PLAIN },
};
"""


class Coverage(Scratch):
    def coverage(self, *arguments):
        return self.run_script("coverage.py", "--root", self.root, *arguments)

    def setUp(self):
        super().setUp()
        self.write("src/api/actions.c", ACTIONS_C)
        self.write("tests/api/users.mjs", "// covers: Ram.CreateUser\nawait ram.createUser(request);\n")

    def test_rows(self):
        self.assertEqual(self.coverage()[0], 0)
        with open(os.path.join(self.root, "docs/coverage.md"), encoding="utf-8") as f:
            text = f.read()
        rows = [line for line in text.splitlines() if line.startswith(("| Ims ", "| Ram ", "| Sts "))]
        self.assertEqual(len(rows), 177)                # those of the shapes, and two of api/overrides.json
        self.assertIn("| Ram CreateUser | works | tests/api/users.mjs |", rows)
        self.assertIn("| Ims CreateUser | NotImplemented | |", rows)
        self.assertIn("| Ram ListUsers | NotImplemented | |", rows)
        self.assertIn("| Ram DeleteUser | NotImplemented | |", rows)
        self.assertEqual(self.coverage("--check")[0], 0)

    def test_stale(self):
        code, text = self.coverage("--check")
        self.assertEqual(code, 1)
        self.assertIn("stale", text)

    def refused(self, words):
        self.coverage()
        code, text = self.coverage("--check")
        self.assertEqual(code, 1)
        self.assertIn(words, text)

    def test_functions_without_a_test(self):
        self.write("tests/api/users.mjs", "await ram.createUser(request);\n")
        self.refused("no client test covers it")

    def test_claim_without_a_call(self):
        self.write("tests/python/users.py", "# covers: Ram.CreateUser\n")
        self.refused("never calls it")

    def test_claim_of_no_action(self):
        self.write("tests/python/users.py", "# covers: Ram.CreateUsers\n")
        self.refused("no action")

    def test_row_of_no_action(self):
        self.write("src/api/actions.c", ACTIONS_C.replace("RAM_CREATE_USER", "RAM_CREATE_USERS"))
        self.refused("no action")


if __name__ == "__main__":
    unittest.main()
