"""report.py FOLDER VERSION...: what came of the tests on each kernel, from the lines that
KernelTestRun has written to FOLDER/VERSION.tsv; as text, and as a table in Markdown, which is
FOLDER/table.md, too. The exit status is 1 when a test failed, was skipped without a named lack of
its kernel or machine, or was not run."""

import collections
import pathlib
import re
import sys

PROBES = ("KernelFeatureTest / ", "RootlessFeatureTest / features / RootlessFeatures / ")
LACK = re.compile(r"\bthis (kernel|machine|guest)\b|the backend has not declared|\bLinux \d", re.IGNORECASE)
# What differs from run to run, or tells nothing here: types, the trace of a child, names of sandboxes.
NOISE = [
    (re.compile(r"^([\w.$]+(Error|Exception): )+(Assumption failed: )?"), ""),
    (re.compile(r" at [\w.$]+(/[\w.$]+)?\([\w.: ]*\).*"), ""),
    (re.compile(r"/[\w/]*overlays-test\d+|overlays-(ephemeral|view)[-\w]+|/proc/\d+/fd/\d+"), "…"),
    (re.compile(r"\$\$Lambda[^ ]*"), ""),
]


def clean(text):
    """A reason or a name without noise."""
    for pattern, replacement in NOISE:
        text = pattern.sub(replacement, text)
    return text


class Kernel:
    """The results of one kernel, or processor."""

    def __init__(self, folder, version):
        self.version = version
        self.title = re.match(r"\d+\.\d+|.*", version)[0]
        self.features = []
        self.tests = collections.defaultdict(list)
        self.ended = False
        path = folder / f"{version}.tsv"
        text = path.read_text("utf-8", "replace") if path.exists() else ""
        for line in text.splitlines():
            kind, *fields = line.split("\t")
            if kind == "FEATURE":
                self.features.append(fields[0])
            elif kind == "END":
                self.ended = True
            elif kind in ("PASSED", "FAILED", "SKIPPED") and len(fields) >= 3:
                feature, test, _, *why = fields
                self.add(kind, feature, clean(test), clean(why[0]) if why else "")
        self.console = folder / f"{version}.console"

    def add(self, kind, feature, test, why):
        if kind == "SKIPPED" and not LACK.search(why):
            kind, why = "FAILED", f"skipped without a named lack: {why}"
        self.tests[feature].append((kind, test, why))

    def all(self, kind):
        return [(feature, test, why) for feature, tests in self.tests.items()
                for found, test, why in tests if found == kind]

    def cell(self, feature):
        """What the table says: of the tests, those of KernelFeatureTest tell works from refused."""
        tests = self.tests.get(feature, [])
        if any(kind == "FAILED" for kind, _, _ in tests):
            return "**fails**"
        deciding = [test for test in tests if test[1].startswith(PROBES)] or tests
        if not deciding:
            return "not run"
        return "works" if any(kind == "PASSED" for kind, _, _ in deciding) else "refused"

    def print_text(self):
        counts = [len(self.all(kind)) for kind in ("PASSED", "FAILED", "SKIPPED")]
        print("\n== {}: {} passed, {} failed, {} skipped".format(self.version, *counts))
        if not self.ended:
            print("   CUT OFF: not all tests were run; the console ends")
            console = self.console.read_text("utf-8", "replace") if self.console.exists() else ""
            for line in console.splitlines()[-15:]:
                print("   |", line)
        self.print_grouped("FAILED")
        self.print_grouped("SKIPPED")

    def print_grouped(self, kind):
        """Each reason once, and the tests that have it."""
        reasons = collections.defaultdict(list)
        for feature, test, why in self.all(kind):
            reasons[why[:600]].append(f"{test} ({feature})")
        for why, tests in reasons.items():
            print(f"   {kind}: {why}")
            for test in tests:
                print(f"       {test}")

    def good(self):
        return self.ended and not self.all("FAILED") and bool(self.all("PASSED"))


def table(kernels):
    titles = {kernel.version: kernel.title for kernel in kernels}
    features = next((kernel.features for kernel in kernels if kernel.features), [])
    yield "| | " + " | ".join(titles.values()) + " |"
    yield "|---" * (len(kernels) + 1) + "|"
    for feature in features:
        cells = [kernel.cell(feature) for kernel in kernels]
        if any(cell != "not run" for cell in cells):
            yield f"| {feature} | " + " | ".join(cells) + " |"


def main():
    folder = pathlib.Path(sys.argv[1])
    kernels = [Kernel(folder, version) for version in sys.argv[2:]]
    for kernel in kernels:
        kernel.print_text()
    text = "\n".join(table(kernels))
    (folder / "table.md").write_text(text + "\n")
    print("\n" + text)
    return 0 if kernels and all(kernel.good() for kernel in kernels) else 1


sys.exit(main())
