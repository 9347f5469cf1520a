"""Start-up: whole-process time of the command line against `import sqlalchemy.orm`.

    python benchmarks/startup.py DATABASE [--runs 21]

Runs the three commands in turn, so that a change of the machine's speed meets all of them, and
prints the median of each and the ratios: `search` should be at most 1.5, `--help` at most 0.5.
"""

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path


def seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("database", type=Path)
    parser.add_argument("--runs", type=int, default=21)
    options = parser.parse_args()
    archive = str(Path(sys.executable).with_name("archive"))
    commands = {
        "import sqlalchemy.orm": [sys.executable, "-c", "import sqlalchemy.orm"],
        "archive search": [archive, "--db", str(options.database), "search", "放管服"],
        "archive --help": [archive, "--help"],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for run in range(options.runs + 1):
        for name, command in commands.items():
            elapsed = seconds(command)
            if run:  # the first run warms the disk's cache
                times[name].append(elapsed)
    floor = statistics.median(times["import sqlalchemy.orm"])
    print("| command | median ms | ratio |\n|---|---:|---:|")
    for name, measured in times.items():
        median = statistics.median(measured)
        print(f"| {name} | {median * 1000:.0f} | {median / floor:.2f} |")


if __name__ == "__main__":
    main()
