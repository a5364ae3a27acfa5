#!/usr/bin/env python3
"""Turns api/*.json into catalogue.gen.h and catalogue.gen.c.

Usage: generate.py --api DIR --header FILE --source FILE

The header holds `enum action` and one request struct per action, the source holds the tables of src/catalogue/field.h: fields,
response shapes, groups. Whatever the generator does not understand stops the build: an unknown encoding, type or limit, two
actions or fields with one C name, an override that meets no field or changes nothing.
"""

import argparse
import json
import os
import re
import sys

PRODUCTS = ["ims", "ram", "sts", "argali"]      # the order of enum product
ACRONYMS = ["OIDC", "SAML", "MFA", "PNG", "SMS", "URL", "QR", "IP", "ID"]
WORD = re.compile(r"(?:%s)(?=[A-Z0-9]|$)[0-9]*|[A-Z][a-z]*[0-9]*[a-z]*" % "|".join(ACRONYMS))
ENCODINGS = {"flat", "json", "jsontext", "sep,", "sep;", "base64"}
CHARS = {"any", "user_name", "upn", "id", "domain", "alias", "policy_name", "printable", "email", "phone", "label"}
TEXT_MAX, ITEMS_MAX = 2048, 50                  # FIELD_TEXT_MAX, FIELD_ITEMS_MAX
SHAPE_DEPTH_MAX = 8                             # REPLY_DEPTH_MAX
INTEGERS = {"int32": ("FIELD_I32", "opt_i32", 31), "int64": ("FIELD_I64", "opt_i64", 63)}
C_TYPES = {"FIELD_STR": "str", "FIELD_BOOL": "opt_bool", "FIELD_STR_LIST": "str_list", "FIELD_TAG_LIST": "tag_list",
           "FIELD_I32": "opt_i32", "FIELD_I64": "opt_i64"}
SET_KEYS = {"chars", "len", "enum", "range", "secret", "mayBeEmpty", "maxItems", "type", "drop", "keyLen", "valueLen"}


class Problem(Exception):
    pass


def snake(name):
    """VirtualMFADeviceName -> virtual_mfa_device_name"""
    words = WORD.findall(name)
    if "".join(words) != name:
        raise Problem("cannot split the name %r into words" % name)
    return "_".join(words).lower()


class Field:
    """One request parameter, first as the shapes have it, then as the overrides leave it."""

    def __init__(self, action, name, shape, limits, required, may_be_empty):
        self.where = "%s.%s" % (action, name)
        self.name = name
        self.c_name = snake(name)
        self.type = self.type_of(shape)
        self.chars = "any"
        self.len = [None, None]
        self.key_len, self.value_len = [1, None], [0, None]
        self.range = [None, None]
        self.enum = None
        self.max_items = None
        self.required = required
        self.secret = False
        self.may_be_empty = may_be_empty
        self.limits = {path: dict(keys) for path, keys in limits.items()}

    def type_of(self, shape):
        if shape == "string":
            return "FIELD_STR"
        if shape == "bool":
            return "FIELD_BOOL"
        if isinstance(shape, str) and shape in INTEGERS:
            return INTEGERS[shape][0]
        if shape == ["string"]:
            return "FIELD_STR_LIST"
        if shape == [{"Key": "string", "Value": "string"}]:
            return "FIELD_TAG_LIST"
        raise Problem("%s: no request field can be a %s" % (self.where, json.dumps(shape)))

    def override(self, change):
        """True if that changed anything."""
        before = json.dumps(vars(self), sort_keys=True)
        for key, value in change.items():
            if key not in SET_KEYS:
                raise Problem("%s: no override %r" % (self.where, key))
            if key == "type":
                self.type = self.type_of(value)
            elif key == "drop":
                for path in value:
                    self.drop(path)
            elif key in ("keyLen", "valueLen"):
                self.limits.setdefault(self.name + "." + key[:-3].capitalize(), {})["len"] = value
            elif key in ("len", "enum", "range", "maxItems"):
                self.limits.setdefault(self.name, {})[key] = value
            elif key == "chars" and value not in CHARS:
                raise Problem("%s: no set of characters %r" % (self.where, value))
            else:
                setattr(self, {"mayBeEmpty": "may_be_empty"}.get(key, key), value)
        return json.dumps(vars(self), sort_keys=True) != before

    def drop(self, path):
        where, key = path.rsplit(".", 1)
        if key not in self.limits.get(where, {}):
            raise Problem("%s: there is no %s to drop" % (self.where, path))
        del self.limits[where][key]

    def settle(self):
        """Limits become attributes; each has to fit the type."""
        is_list = self.type in ("FIELD_STR_LIST", "FIELD_TAG_LIST")
        is_number = self.type in ("FIELD_I32", "FIELD_I64")
        for path, keys in self.limits.items():
            part = path[len(self.name) + 1:]
            for key, value in keys.items():
                if key == "default":
                    continue                    # the handlers know their defaults
                if part in ("Key", "Value") and key == "len" and self.type == "FIELD_TAG_LIST":
                    setattr(self, part.lower() + "_len", [value[0] or (1 if part == "Key" else 0), value[1]])
                elif part == "" and key == "range" and is_number:
                    self.range = value
                elif part == "" and key == "min" and is_number:
                    self.range = [value, None]
                elif part == "" and key == "len" and self.type in ("FIELD_STR", "FIELD_STR_LIST"):
                    self.len = value
                elif part == "" and key == "maxItems" and is_list:
                    self.max_items = value
                elif part == "" and key == "enum" and self.type != "FIELD_BOOL" and self.type != "FIELD_TAG_LIST":
                    self.enum = [str(item) for item in value]
                else:
                    raise Problem("%s: limit %s.%s does not fit the type %s" % (self.where, path, key, self.type))

    def row(self, struct, enum_name):
        cells = [".name = %s" % c_str(self.name), ".offset = offsetof(%s, %s)" % (struct, self.c_name),
                 ".type = %s" % self.type]
        if self.chars != "any":
            cells.append(".chars = FIELD_CHARS_%s" % self.chars.upper())
        for flag in ("required", "secret"):
            if getattr(self, flag):
                cells.append(".is_%s = true" % flag)
        if self.may_be_empty:
            cells.append(".may_be_empty = true")
        if self.type in ("FIELD_I32", "FIELD_I64"):
            bits = 31 if self.type == "FIELD_I32" else 63
            low, high = self.range
            cells.append(".min = %s" % (low if low is not None else "INT%d_MIN" % (bits + 1)))
            cells.append(".max = %s" % (high if high is not None else "INT%d_MAX" % (bits + 1)))
        elif self.type == "FIELD_TAG_LIST":
            cells.append(".len_min = %d, .len_max = %d" % (self.key_len[0], self.key_len[1] or TEXT_MAX))
            cells.append(".min = %d, .max = %d" % (self.value_len[0], self.value_len[1] or TEXT_MAX))
        elif self.type != "FIELD_BOOL":
            cells.append(".len_min = %d, .len_max = %d" % (self.len[0] or 0, self.len[1] or TEXT_MAX))
        if self.type in ("FIELD_STR_LIST", "FIELD_TAG_LIST"):
            cells.append(".items_max = %d" % (self.max_items or ITEMS_MAX))
        if self.enum:
            cells.append(".enum_values = %s, .enum_n = %d" % (enum_name, len(self.enum)))
        return "    { %s }," % ", ".join(cells)


class Action:
    def __init__(self, product, name, data):
        head = data["head"]
        self.product, self.name = product, name
        self.c_name = "%s_%s" % (product, snake(name))
        self.struct = self.c_name + "_request"
        self.anonymous = head["auth"] == "Anonymous"
        self.one_of = [{"exactly": True, "members": group} for group in head.get("oneOf", [])]
        self.response, self.times = data["resp"], data.get("respTime", {})
        self.fields = self.read_fields(data, head)
        if head["auth"] not in ("AK", "Anonymous"):
            raise Problem("%s: unknown auth %r" % (self.c_name, head["auth"]))
        if "RequestId" not in self.response:
            raise Problem("%s: the response has no RequestId" % self.c_name)

    def read_fields(self, data, head):
        required = set(head.get("required", [])) | set(head.get("requiredAssumed", []))
        named = required | set(head.get("enc", {})) | {m for group in head.get("oneOf", []) for m in group}
        named |= {head["selfDefault"]} if "selfDefault" in head else set()
        for name in named - set(data["req"]):
            raise Problem("%s: the head names %r, which is no parameter" % (self.c_name, name))
        for name, encoding in head.get("enc", {}).items():
            if encoding not in ENCODINGS:
                raise Problem("%s.%s: unknown enc %r" % (self.c_name, name, encoding))
        limits = data.get("reqLimits", {})
        for path in limits:
            if path.split(".")[0] not in data["req"]:
                raise Problem("%s: limits for %r, which is no parameter" % (self.c_name, path))
        order = sorted(data["req"], key=lambda name: (name not in required, name))
        return [Field(self.c_name, name, data["req"][name],
                      {path: keys for path, keys in limits.items() if path.split(".")[0] == name},
                      name in required, name == head.get("selfDefault")) for name in order]


def add_members(where, to, members):
    """Members that a shape lacks: objects are entered, a leaf has to be new."""
    for name, value in members.items():
        if isinstance(value, dict) and isinstance(to.get(name), dict):
            add_members("%s.%s" % (where, name), to[name], value)
        elif isinstance(value, str) and name not in to:
            to[name] = value
        else:
            raise Problem("%s: %s cannot be added" % (where, name))


def extend(data, more):
    """Actions that the documents have and the shapes of a product lack."""
    for entry in more:
        if entry["product"].lower() not in PRODUCTS:
            raise Problem("an action of %r, which is no product" % entry["product"])
        if not entry.get("reason"):
            raise Problem("action %s has no reason" % entry["name"])
        if entry["product"] == data["product"]:
            if entry["name"] in data["actions"]:
                raise Problem("action %s is there already" % entry["name"])
            data["actions"][entry["name"]] = entry["action"]


def complete(data, added):
    """Adds what the shapes of a product lack."""
    for entry in added:
        if entry["product"] != data["product"]:
            continue
        if not entry.get("reason"):
            raise Problem("an addition to %s has no reason" % entry["actions"])
        for name in entry["actions"]:
            if name not in data["actions"]:
                raise Problem("addition to %s: there is no such action" % name)
            for part in set(entry) - {"product", "actions", "reason"}:
                if part not in ("req", "resp"):
                    raise Problem("addition to %s: no part %r" % (name, part))
                add_members("%s.%s" % (name, part), data["actions"][name][part], entry[part])


def load(api):
    actions = []
    versions = {}
    with open(os.path.join(api, "overrides.json"), encoding="utf-8") as f:
        overrides = json.load(f)
        added = overrides["added"]
    for entry in added:
        if entry["product"].lower() not in PRODUCTS:
            raise Problem("an addition to %r, which is no product" % entry["product"])
    for product in PRODUCTS:
        with open(os.path.join(api, product + ".json"), encoding="utf-8") as f:
            data = json.load(f)
        if data["product"].lower() != product or data["counts"]["actions"] != len(data["actions"]):
            raise Problem("%s.json: product or count does not fit" % product)
        extend(data, overrides["actions"])
        complete(data, added)
        versions[product] = (data["product"], data["version"])
        actions += [Action(product, name, data["actions"][name]) for name in sorted(data["actions"])]
    return actions, versions


def chosen(actions, entry):
    """The actions an override speaks of; every one that it names has to exist."""
    found = [a for a in actions if entry["product"] in ("*", a.product.capitalize())
             and a.name in entry.get("actions", [a.name])]
    for name in entry.get("actions", []):
        if name not in [a.name for a in found]:
            raise Problem("override of %s %s: there is no such action" % (entry["product"], name))
    return found


def apply_overrides(actions, api):
    with open(os.path.join(api, "overrides.json"), encoding="utf-8") as f:
        overrides = json.load(f)
    for entry in overrides["fields"]:
        if not entry.get("reason"):
            raise Problem("an override of %s has no reason" % entry["fields"])
        found = chosen(actions, entry)
        for name in entry["fields"]:
            met = [field for a in found for field in a.fields if field.name == name]
            if "actions" in entry and len(met) != len(found) and len(entry["fields"]) == 1:
                raise Problem("override of %s: not every action that it names has this field" % name)
            if not any([field.override(entry["set"]) for field in met]):
                raise Problem("override of %s %s is unused" % (entry["product"], name))
    for entry in overrides["oneOf"]:
        if not entry.get("reason"):
            raise Problem("an override of %s has no reason" % entry["actions"])
        for action in chosen(actions, entry):
            if not any(group["exactly"] != entry["exactly"] for group in action.one_of):
                raise Problem("override of the groups of %s is unused" % action.c_name)
            for group in action.one_of:
                group["exactly"] = entry["exactly"]
    for action in actions:
        for field in action.fields:
            field.settle()


def check_names(actions):
    seen = set()
    for action in actions:
        fields = [field.c_name for field in action.fields]
        if action.c_name in seen or len(set(fields)) != len(fields):
            raise Problem("%s: two things have one C name" % action.c_name)
        seen.add(action.c_name)


def c_str(text):
    return 'STR_INIT("%s")' % text


class Shapes:
    """Response shapes; equal lists of children are written once."""

    KINDS = {"string": "SHAPE_STRING", "bool": "SHAPE_BOOL", "int32": "SHAPE_NUMBER", "int64": "SHAPE_NUMBER",
             "any": "SHAPE_ANY"}

    def __init__(self):
        self.lines = []
        self.known = {}

    def node(self, name, value, times, depth, where):
        if depth > SHAPE_DEPTH_MAX and isinstance(value, (dict, list)):
            raise Problem("%s: the response is nested too deeply" % where)
        cells = ".name = %s" % c_str(name)
        if isinstance(value, dict):
            return "{ %s, .kind = SHAPE_OBJECT, .child_n = %d, .children = %s }" % (
                cells, len(value), self.children(value, times, depth, where))
        if isinstance(value, list):
            if len(value) != 1:
                raise Problem("%s.%s: a list has one element shape" % (where, name))
            return "{ %s, .kind = SHAPE_LIST, .child_n = 1, .children = %s }" % (
                cells, self.children({"": value[0]}, times, depth, where))
        kind = self.KINDS.get(value)
        if kind is None:
            raise Problem("%s.%s: unknown type %r" % (where, name, value))
        if name in times:
            kind = {"ms": "SHAPE_TIME_MS", "s": "SHAPE_TIME_S"}[times[name]]
        return "{ %s, .kind = %s }" % (cells, kind)

    def children(self, members, times, depth, where):
        if len(members) > 64:
            raise Problem("%s: more than 64 members in one object" % where)
        body = ",\n    ".join(self.node(name, members[name], times, depth + 1, where) for name in sorted(members))
        if body not in self.known:
            self.known[body] = "children_%d" % len(self.known)
            self.lines.append("static const response_shape %s[] = {\n    %s,\n};" % (self.known[body], body))
        return self.known[body]


def write_header(actions):
    out = ["/* Generated by src/catalogue/generate.py from api/: do not edit. */",
           "#ifndef ARGALI_CATALOGUE_GEN_H", "#define ARGALI_CATALOGUE_GEN_H", "", '#include "catalogue/field.h"', "",
           "enum action {", "    ACTION_NONE = 0,"]
    out += ["    %s," % action.c_name.upper() for action in actions]
    out += ["    ACTION_END,", "};", "", "enum { ACTION_COUNT = ACTION_END - 1 };", ""]
    for action in actions:
        out.append("typedef struct {")
        out += ["    %s %s;" % (C_TYPES[field.type], field.c_name) for field in action.fields]
        if not action.fields:
            out.append("    char nothing;")
        out += ["} %s;" % action.struct, ""]
    out += ["/* In the order of enum action: by product, then by name. */",
            "extern const action_shape catalogue_actions[ACTION_COUNT];", "",
            "typedef struct {", "    str name, version;", "    uint16_t first, n;        /* its part of catalogue_actions */",
            "} catalogue_product;", "", "extern const catalogue_product catalogue_products[PRODUCT_COUNT];", "", "#endif"]
    return "\n".join(out) + "\n"


def write_groups(action, kind, groups):
    """The C lines of the groups of one kind and the name of their array."""
    if not groups:
        return [], "NULL"
    lines = []
    for i, group in enumerate(groups):
        members = ", ".join(c_str(name) for name in group["members"])
        lines.append("static const str %s_%s_%d[] = { %s, { NULL, 0 } };" % (action.c_name, kind, i, members))
    names = ", ".join("%s_%s_%d" % (action.c_name, kind, i) for i in range(len(groups)))
    lines.append("static const str *const %s_%s[] = { %s, NULL };" % (action.c_name, kind, names))
    return lines, "%s_%s" % (action.c_name, kind)


def write_action(action, root):
    """The tables of one action, and its row."""
    lines = []
    rows = []
    for field in action.fields:
        enum_name = "%s_%s_values" % (action.c_name, field.c_name)
        if field.enum:
            lines.append("static const str %s[] = { %s };" % (enum_name, ", ".join(c_str(v) for v in field.enum)))
        rows.append(field.row(action.struct, enum_name))
    if rows:
        lines += ["static const field_rule %s_fields[] = {" % action.c_name] + rows + ["};"]
    one, one_name = write_groups(action, "one_of", [g for g in action.one_of if g["exactly"]])
    anyof, any_name = write_groups(action, "any_of", [g for g in action.one_of if not g["exactly"]])
    cells = [".id = %s" % action.c_name.upper(), ".product = PRODUCT_%s" % action.product.upper(),
             ".name = %s" % c_str(action.name), ".is_anonymous = %s" % ("true" if action.anonymous else "false"),
             ".request_size = sizeof(%s)" % action.struct,
             ".field_n = %d" % len(action.fields), ".fields = %s" % (action.c_name + "_fields" if rows else "NULL"),
             ".response = &responses[%d]" % root, ".one_of = %s" % one_name, ".any_of = %s" % any_name]
    return lines + one + anyof, "    { %s }," % ", ".join(cells)


def write_source(actions, versions):
    shapes = Shapes()
    roots = {}
    tables, rows = [], []
    for action in actions:
        node = shapes.node("", action.response, action.times, 1, action.c_name)
        root = roots.setdefault(node, len(roots))
        lines, row = write_action(action, root)
        tables += lines
        rows.append(row)
    out = ["/* Generated by src/catalogue/generate.py from api/: do not edit. */",
           "#include <stddef.h>", "", '#include "catalogue/catalogue.gen.h"', ""]
    out += shapes.lines
    out += ["static const response_shape responses[] = {"] + ["    %s," % node for node in roots] + ["};", ""]
    out += tables
    out += ["", "const action_shape catalogue_actions[ACTION_COUNT] = {"] + rows + ["};", "",
            "const catalogue_product catalogue_products[PRODUCT_COUNT] = {"]
    first = 0
    for product in PRODUCTS:
        n = sum(1 for action in actions if action.product == product)
        name, version = versions[product]
        out.append("    [PRODUCT_%s] = { %s, %s, %d, %d }," % (product.upper(), c_str(name), c_str(version), first, n))
        first += n
    return "\n".join(out + ["};"]) + "\n"


def main():
    parser = argparse.ArgumentParser()
    for option in ("--api", "--header", "--source"):
        parser.add_argument(option, required=True)
    options = parser.parse_args()
    try:
        actions, versions = load(options.api)
        check_names(actions)
        apply_overrides(actions, options.api)
        texts = {options.header: write_header(actions), options.source: write_source(actions, versions)}
    except Problem as problem:
        sys.exit("generate.py: %s" % problem)
    for path, text in texts.items():
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)


if __name__ == "__main__":
    main()
