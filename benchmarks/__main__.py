"""`python -m benchmarks`: all ratios; with names after it, only those; with `--country`, counting at the size of a country."""

import sys

from benchmarks.run import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
