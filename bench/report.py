"""The results as a table, for the terminal and for docs/performance.md."""
import os
import platform
import re
import subprocess
import time
from pathlib import Path

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
VERDICTS = {True: "kept", False: "MISSED", None: ""}
HEADINGS = ("what", "measured", "budget", "")


def first_line(command):
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        return done.stdout.splitlines()[0].strip() if done.stdout else "unknown"
    except OSError:
        return "absent"


def found(pattern, path):
    try:
        match = re.search(pattern, Path(path).read_text(), re.M)
    except OSError:
        match = None
    return match.group(1) if match else "unknown"


def file_system(folder):
    return first_line(["stat", "-f", "-c", "%T", str(folder)])


def library(name):
    return first_line(["pkg-config", "--modversion", name])


def machine(binary, folder):
    memory = int(found(r"^MemTotal:\s+(\d+)", "/proc/meminfo")) // (1 << 20)
    libraries = {"libmicrohttpd": "libmicrohttpd", "OpenSSL": "libcrypto", "SQLite": "sqlite3", "libsodium": "libsodium"}
    return [
        ("date", time.strftime("%Y-%m-%d", time.gmtime())),
        ("processor", f"{found(r'^model name.*: (.*)', '/proc/cpuinfo')}, {os.cpu_count()} cores: one for the server,"
                      " one for the load"),
        ("memory", f"{memory} GiB"),
        ("system", f"{found('^PRETTY_NAME=.(.*).$', '/etc/os-release')}, Linux {platform.release()}, {file_system(folder)}"),
        ("load before", f"{os.getloadavg()[0]:.2f}"),
        ("argali", first_line([binary, "version"])),
        ("nginx", first_line(["/usr/sbin/nginx", "-v"]).rsplit("/", 1)[-1]),
        ("libraries", ", ".join(f"{name} {library(package)}" for name, package in libraries.items())),
        ("compiler", first_line(["gcc", "--version"])),
    ]


def lines_of(rows):
    return [(row.what, row.measured, row.budget or "", VERDICTS[row.is_kept]) for row in rows]


def as_text(facts, rows):
    lines = [HEADINGS, *lines_of(rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADINGS))]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines]
    return "\n".join([f"{name:<12} {value}" for name, value in facts] + [""] + table)


def as_markdown(facts, rows):
    table = ["| what | measured | budget | |", "| --- | --- | --- | --- |"]
    table += ["| " + " | ".join(line) + " |" for line in lines_of(rows)]
    return "\n".join(["| | |", "| --- | --- |"] + [f"| {name} | {value} |" for name, value in facts] + [""] + table)


def write(path, facts, rows):
    """Replaces what stands between the two marks."""
    text = Path(path).read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    Path(path).write_text(f"{before}{BEGIN}\n{as_markdown(facts, rows)}\n{END}{after}", encoding="utf-8")
