#!/usr/bin/env python3
"""Rules of the tree that no compiler knows.

    scripts/check_source.py includes | names | texts

includes  a folder of src/ includes its own files and those of folders below it; some headers belong to one folder alone
names     functions that are refused: those of src/base/banned.h, and the system's clock and dice outside base/world.c
texts     no unfinished work, no paths of one person's machine, no package source baked into a lock file

Prints a line per finding, file:line: what. Exits 1 if there was one.
"""
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# From the top of the tree to its ground. Includes point down this list, never up.
FOLDERS = [
    "server", "console", "api", "http", "operations", "report", "signin", "role", "verifier", "policy", "access_key", "mfa",
    "passkey", "security_email", "password", "attempt", "logon_suffix", "preference", "user", "account", "audit", "outbound",
    "store", "vault", "catalogue", "base",
]
# Headers that only these folders may include.
ONLY_FROM = [
    (re.compile(r"^<microhttpd\.h>$"), {"http"}),
    (re.compile(r"^<sqlite3\.h>$"), {"store"}),
    (re.compile(r'^"http/'), {"http", "server", "api"}),
]

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(<[^>]+>|"[^"]+")', re.M)
# Longest first where one begins another: comments, then texts, then characters.
NOT_CODE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)

# Called, and not a member or a declaration of one: not after . or -> or *, and before a parenthesis.
WORLD_ONLY = re.compile(
    r"(?<![\w.>*])(time|clock_gettime|gettimeofday|timespec_get|getrandom|getentropy|arc4random(?:_\w+)?|random|srandom)\s*\(")
WORLD = "src/base/world.c"

UNFINISHED = re.compile(r"\b(?:TODO|FIXME)\b")
MACHINE_PATH = re.compile(r"(?<![\w./-])/(?:home|Users|work|workspace|builds)/[\w.-]+")
LOCKED_SOURCE = re.compile(r'"resolved"\s*:\s*"https?://|^\s*(?:-i|--index-url|--extra-index-url|registry\s*=)', re.M)
LOCK_NAMES = re.compile(r"(?:package-lock\.json|npm-shrinkwrap\.json|\.npmrc|pip\.conf|requirements[\w-]*\.txt|.*\.lock)$")
# Data of others, kept as it came; and the words that this file has to name.
NOT_OURS = re.compile(r"^(?:tests/(?:vectors|corpus)/|api/(?:ims|ram|sts)[\w.-]*\.json$|scripts/check_source\.py$)")

findings = 0


def find(path, text, at, what):
    global findings
    findings += 1
    print(f"{path}:{text.count(chr(10), 0, at) + 1}: {what}")


def c_files(*folders):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.[ch]")):
            if "node_modules" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def code_of(text):
    """The text with comments and literals blanked out, every line where it was."""
    return NOT_CODE.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def check_includes():
    rank = {name: i for i, name in enumerate(FOLDERS)}
    for path, text in c_files("src"):
        folder = path.split("/")[1]
        if folder not in rank:
            find(path, text, 0, f"the folder '{folder}' has no place in the order of scripts/check_source.py")
            continue
        for m in INCLUDE.finditer(text):
            header = m.group(1)
            for pattern, allowed in ONLY_FROM:
                if pattern.match(header) and folder not in allowed:
                    find(path, text, m.start(), f"{header} belongs to {', '.join(sorted(allowed))}")
            if header.startswith("<"):
                continue
            target = header.strip('"').split("/")[0]
            if "/" not in header or target not in rank:
                find(path, text, m.start(), f'{header} is not written from src/, as in "base/str.h"')
            elif rank[target] < rank[folder]:
                find(path, text, m.start(), f"{header} points up: {folder} is below {target}")


def check_names():
    banned_header = (ROOT / "src/base/banned.h").read_text(encoding="utf-8")
    banned = re.findall(r"^BANNED\(.*?\) .*?(\w+)\(", banned_header, re.M)
    banned += ["gets", "fscanf", "vfscanf", "alloca"]  # which that header cannot declare
    pattern = re.compile(r"(?<![\w.>])(" + "|".join(banned) + r")\b")
    for path, text in c_files("src", "bench", "tests"):
        if path == "src/base/banned.h":
            continue
        code = code_of(text)
        # A header's name is no use of it: <strings.h>, "base/random.h"
        code = INCLUDE.sub(lambda m: " " * len(m.group()), code)
        for m in pattern.finditer(code):
            find(path, text, m.start(), f"{m.group(1)} is banned: src/base/banned.h says what to use")
        if path.startswith("src/") and path != WORLD and not path.endswith(("_test.c", "_fuzz.c")):
            for m in WORLD_ONLY.finditer(code):
                find(path, text, m.start(), f"{m.group(1)}: time and chance come from the world (base/world.h)")


def project_files():
    try:
        listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True,
                                capture_output=True).stdout.decode().split("\0")
        names = sorted(set(filter(None, listed)))
    except (OSError, subprocess.CalledProcessError):  # an unpacked archive
        skipped = re.compile(r"^(?:\.git|build(?:-\w+)?|data|node_modules|__pycache__)$")
        names = []
        for folder, folders, files in os.walk(ROOT):
            folders[:] = [f for f in folders if not skipped.match(f)]
            names += [(Path(folder) / f).relative_to(ROOT).as_posix() for f in files]
        names.sort()
    for name in names:
        path = ROOT / name
        if NOT_OURS.match(name) or not path.is_file() or path.stat().st_size > 4 << 20:
            continue
        try:
            yield name, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def check_texts():
    for path, text in project_files():
        base = path.rsplit("/", 1)[-1]
        if LOCK_NAMES.fullmatch(base):
            for m in LOCKED_SOURCE.finditer(text):
                find(path, text, m.start(), "names where packages come from: that is each user's own setting")
            continue
        for m in UNFINISHED.finditer(text):
            find(path, text, m.start(), f"{m.group()}: finish it, or say in docs/ what is missing")
        for m in MACHINE_PATH.finditer(text):
            find(path, text, m.start(), f"{m.group()} is a path of one person's machine")


CHECKS = {"includes": check_includes, "names": check_names, "texts": check_texts}
if len(sys.argv) != 2 or sys.argv[1] not in CHECKS:
    sys.exit(__doc__)
CHECKS[sys.argv[1]]()
sys.exit(1 if findings else 0)
