#!/usr/bin/env python3
"""Set up everything, then work. Needs nothing but Python 3.11 to 3.13 with its venv module.

    python3 run.py          packages, database, demonstration world; then web, workers and beat until Ctrl-C
    python3 run.py test     the same set-up with the test packages, then the whole test suite
    python3 run.py setup    the set-up of `test` alone, for developers

Further words go on: `python3 run.py --port 9000`, `python3 run.py test tests/platform -x`.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = Path(os.environ.get("HK_VENV", ROOT / ".venv"))
PYTHON = VENV / "bin" / "python"
BUILD = ROOT / "requirements" / "build.txt"
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def say(text):
    print(f"run.py | {text}", flush=True)


def call(*words, **options):
    return subprocess.run([str(word) for word in words], cwd=ROOT, check=False, **options).returncode == 0


def once(name, value, work):
    """Do the work unless the stamp says that it was done for exactly these inputs."""
    stamp = VENV / f"stamp-{name}"
    if stamp.exists() and stamp.read_text() == value:
        return
    begun = time.monotonic()
    work()
    stamp.write_text(value)
    say(f"{name} packages installed in {time.monotonic() - begun:.0f} s")


def make_environment():
    """A virtual environment of this Python."""
    if call(PYTHON, "-c", "import pip", stderr=subprocess.DEVNULL) if PYTHON.exists() else False:
        return
    say(f"making the virtual environment {VENV}")
    if not call(sys.executable, "-m", "venv", "--clear", VENV):
        sys.exit("run.py | no venv module in this Python. On Debian or Ubuntu: apt-get install python3-venv")


def install(lock):
    """uv where it can be had (about four times faster), else pip; both check every hash.

    One package has no wheel and builds with the setuptools of build.txt, so that is installed first, and building is
    not isolated from it.
    """
    pip = (PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check")
    uv = VENV / "bin" / "uv"
    checked = ("--require-hashes", "--no-build-isolation", "-r")
    if uv.exists() or call(*pip, "uv"):
        # byte-code now: a machine may forbid Python to write it later, and then every process compiles everything
        fast = (uv, "pip", "install", "-q", "--python", PYTHON, "--compile-bytecode", *checked)
        if call(*fast, BUILD) and call(*fast, lock):
            return
        say("uv could not install; trying pip")
    if not (call(*pip, *checked, BUILD) and call(*pip, *checked, lock)):
        sys.exit(f"run.py | the packages of {lock.name} could not be installed; see the lines above")


def install_set(name):
    lock = ROOT / "requirements" / f"{name}.txt"
    stamp = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()
    once(name, stamp, lambda: install(lock))


def browser():
    """The browser that the browser tests drive, if this machine has one."""
    return os.environ.get("HK_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def set_up_tests():
    """The test packages, and those of the browser tests where a browser is."""
    install_set("dev")
    if browser():
        install_set("browser")


def test_words(rest):
    """pytest with two processes, unless the caller says otherwise."""
    if not browser():
        say("browser tests not run: no chromium here (apt-get install chromium-headless-shell); they count as skipped")
    spread = [] if any(word.startswith("-n") for word in rest) else ["-n", "2"]
    return ["-m", "pytest", *spread, "--durations=25", *rest]


def main():
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        sys.exit(f"run.py | Python 3.11 to 3.13 is needed, this is {sys.version.split()[0]}")
    verb, rest = (sys.argv[1], sys.argv[2:]) if sys.argv[1:2] in (["test"], ["setup"]) else ("up", sys.argv[1:])
    make_environment()
    if verb == "up":
        install_set("run")
        words = ["manage.py", "up", *rest]
    else:
        set_up_tests()
        if verb == "setup":
            return
        words = test_words(rest)
    os.chdir(ROOT)
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    os.execve(PYTHON, [str(PYTHON), *words], {**os.environ, "PATH": path})  # noqa: S606


if __name__ == "__main__":
    main()
