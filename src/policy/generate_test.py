#!/usr/bin/env python3
"""What generate.py refuses: each case breaks one thing in a good entry and has to be told so."""

import copy
import json
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
GOOD = {"Name": "AliyunTESTFullAccess", "Version": 3, "Created": "2026-11-23", "Updated": "2026-11-24",
        "Description": "A \"quoted\" one, with \\ and \u00fc??",
        "Document": {"Version": "1", "Statement": [{"Effect": "Allow", "Action": ["test:*", "test:Get?"], "Resource": "*"}]}}


class Generate(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.policies, self.header, self.source = (os.path.join(folder.name, name) for name in ("p.json", "p.h", "p.c"))

    def generate(self, text):
        with open(self.policies, "w", encoding="utf-8") as f:
            f.write(text)
        command = [sys.executable, "-B", os.path.join(HERE, "generate.py"), "--policies", self.policies, "--header",
                   self.header, "--source", self.source]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, done.stderr

    def refused_text(self, text, words):
        code, said = self.generate(text)
        self.assertEqual(code, 1, said)
        self.assertIn(words, said)
        self.assertFalse(os.path.exists(self.source))

    def refused(self, change, words):
        entry = copy.deepcopy(GOOD)
        change(entry)
        self.refused_text(json.dumps([entry]), words)

    def refused_statement(self, change, words):
        self.refused(lambda e: change(e["Document"]["Statement"][0]), words)

    def test_good(self):
        second = dict(copy.deepcopy(GOOD), Name="aliyunTESTAaa")
        self.assertEqual(self.generate(json.dumps([GOOD, second])), (0, ""))
        with open(self.source, encoding="ascii") as f:
            text = f.read()
        self.assertLess(text.index("aliyunTESTAaa"), text.index("AliyunTESTFullAccess"))
        self.assertIn("{\\\"Version\\\":\\\"1\\\",", text)
        self.assertIn("1795392000, 1795478400", text)           # 2026-11-23 and 2026-11-24, midnight UTC
        self.assertNotIn("??", text)                            # which could begin a trigraph
        with open(self.header, encoding="ascii") as f:
            self.assertIn("SYSTEM_POLICY_COUNT = 2", f.read())

    def test_name_twice(self):
        second = dict(copy.deepcopy(GOOD), Name="ALIYUNTESTFULLACCESS")
        self.refused_text(json.dumps([GOOD, second]), "stands twice")

    def test_names(self):
        for name in ("", "a b", "a_b", "a.b", "\u00fc", "n" * 129, 7, None):
            self.refused(lambda e, name=name: e.update(Name=name), "Name: not")

    def test_members(self):
        for member in GOOD:
            self.refused(lambda e, member=member: e.pop(member), "exactly the members")
        self.refused(lambda e: e.update(Type="System"), "exactly the members")
        self.refused_text('[{"Name": "a", "Name": "b"}]', "stands twice in one object")

    def test_texts(self):
        for description in ("", "d" * 1025, None):
            self.refused(lambda e, d=description: e.update(Description=d), "Description")
        for version in (0, -1, "1", True, 1.5):
            self.refused(lambda e, v=version: e.update(Version=v), "Version is no number")
        for when in ("2026-02-30", "yesterday", 5):
            self.refused(lambda e, w=when: e.update(Created=w), "Created is no date")
        self.refused(lambda e: e.update(Updated="2026-11-22"), "updated before")

    def test_lists(self):
        for text in ("[]", "{}", "7", "[7]", "[", "[{}] x"):
            self.refused_text(text, "p.json: ")

    def test_documents(self):
        for document in ("text", [], {}, {"Version": "1"}, {"Version": "2", "Statement": [1]}, {"Statement": []}):
            self.refused(lambda e, d=document: e.update(Document=d), "not one policy")
        self.refused(lambda e: e["Document"].update(Id="x"), "not one policy")
        for statements in ([], {}, "x"):
            self.refused(lambda e, s=statements: e["Document"].update(Statement=s), "no list with statements")
        self.refused(lambda e: e["Document"].update(Statement=["x"]), "is no object")

    def test_statements(self):
        self.refused_statement(lambda s: s.update(Effect="allow"), "neither Allow nor Deny")
        self.refused_statement(lambda s: s.pop("Effect"), "neither Allow nor Deny")
        self.refused_statement(lambda s: s.update(Actions="x:*"), "no member Actions")
        self.refused_statement(lambda s: s.update(Principal={}), "no member Principal")
        self.refused_statement(lambda s: s.pop("Action"), "exactly one of Action and NotAction")
        self.refused_statement(lambda s: s.update(NotAction="x:*"), "exactly one of Action and NotAction")
        self.refused_statement(lambda s: s.pop("Resource"), "exactly one of Resource and NotResource")
        self.refused_statement(lambda s: s.update(Condition="x"), "Condition is no object")
        for action in ("", "ecs", "ecs:", ":Get", "ecs:Get User", 7, [], ["ecs:*", "oss"], "ecs:a:b"):
            self.refused_statement(lambda s, a=action: s.update(Action=a), "Action")
        for resource in ("", "ecs", "acs:ecs", [], [7]):
            self.refused_statement(lambda s, r=resource: s.update(Resource=r), "Resource")

    def test_length(self):
        many = ["test:A%05d" % i for i in range(500)]
        self.refused_statement(lambda s: s.update(Action=many), "more than 6144 characters")


if __name__ == "__main__":
    unittest.main()
