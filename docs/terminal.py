#!/usr/bin/env python3
"""Draws docs/terminal.svg: a real run of the program, on a terminal of its own.

  docs/terminal.py [JAR]    as root; the jar is overlay-linux/target/overlay-linux-*-cli.jar

What is drawn is what the program printed. Of a bar that is drawn over itself the last state stays.
"""
import glob
import html
import os
import pathlib
import pty
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
COLUMNS = 104
SETUP = r"""
stty cols %d rows 60
mount -t tmpfs tmpfs /srv
mkdir -p /srv/cache/packages /srv/instances
cd /srv/cache/packages
for i in $(seq 400); do head -c 30000 /dev/zero >package-$i.tar; done
cd /srv
overlays() { java -jar "$JAR" "$@"; }
show() { printf '$ %%s\n' "$*"; eval "$*"; echo; }
overlays create --lower /srv/cache --instances /srv/instances node1 node2 >/dev/null
show overlays mount --lower /srv/cache --instances /srv/instances
for i in $(seq 300); do head -c 70000 /dev/zero >instances/node1/mnts/packages/new-$i.tar; done
seq 9000 >instances/node2/mnts/packages/package-7.tar
rm instances/node2/mnts/packages/package-8.tar
mkdir instances/node2/mnts/tools; echo 1 >instances/node2/mnts/tools/version
show overlays status --lower /srv/cache --instances /srv/instances
show overlays diff --lower /srv/cache --instance /srv/instances/node2
show overlays maintain --lower /srv/cache --instances /srv/instances
overlays unmount --lower /srv/cache --instances /srv/instances >/dev/null
""" % COLUMNS


def run(jar):
    printed = []

    def read(descriptor):
        data = os.read(descriptor, 65536)
        printed.append(data)
        return b"."

    os.environ["JAR"] = jar
    stdout = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    status = pty.spawn(["unshare", "--mount", "--propagation", "private", "bash", "-ec", SETUP], read)
    os.dup2(stdout, 1)
    text = b"".join(printed).decode()
    if os.waitstatus_to_exitcode(status):
        sys.exit(text)
    return text


def lines(text):
    """What stays on the screen: of a line that was drawn over itself the last text that is not blank."""
    for line in text.replace("\r\n", "\n").split("\n"):
        states = [state.rstrip() for state in line.split("\r")]
        bars = [state for state in states if state.startswith("[")]
        if bars and not states[-1].startswith("["):
            yield bars[-1]
        yield states[-1]


def draw(text):
    # A terminal goes on in the next line.
    shown = [line[i : i + COLUMNS] for line in lines(text.strip()) for i in range(0, max(1, len(line)), COLUMNS)]
    width, height = COLUMNS * 8 + 32, len(shown) * 18 + 56
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
           f'aria-label="A terminal: mount, status, diff and maintain">')
    yield f'<rect width="{width}" height="{height}" rx="8" fill="#1e2127"/>'
    for place, color in enumerate(("#e06c75", "#e5c07b", "#98c379")):
        yield f'<circle cx="{20 + 20 * place}" cy="18" r="6" fill="{color}"/>'
    yield '<g font-family="ui-monospace,Menlo,Consolas,monospace" font-size="13" fill="#d7dae0">'
    for number, line in enumerate(shown):
        color = ' fill="#98c379" font-weight="bold"' if line.startswith("$ ") else ""
        color = ' fill="#61afef"' if re.match(r"\[[#-]+\]", line) else color
        if line:
            yield (f'<text x="16" y="{52 + 18 * number}" xml:space="preserve"{color} '
                   f'textLength="{len(line) * 8}">{html.escape(line, quote=False)}</text>')
    yield "</g></svg>"


jars = sys.argv[1:] or glob.glob(str(ROOT / "overlay-linux/target/overlay-linux-*-cli.jar"))
(ROOT / "docs/terminal.svg").write_text("\n".join(draw(run(jars[0]))) + "\n")
