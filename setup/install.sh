#!/bin/sh
# Makes .venv and fills it with the pinned packages; does nothing when they are there already.
# usage: setup/install.sh [test]     test: also what the tests need
set -eu
cd "$(dirname "$0")/.."

files="requirements.txt"
[ "${1-}" = test ] && files="requirements.txt requirements-test.txt"

is_new_enough='import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'
python=""
for name in python3.13 python3.12 python3.11 python3; do
    if "$name" -c "$is_new_enough" 2>/dev/null; then python=$name; break; fi
done
if [ -z "$python" ]; then
    echo "ReformComms needs Python 3.11 or newer with venv. First: sudo apt-get install python3 python3-venv" >&2
    exit 1
fi

"$python" setup/check_machine.py

# A .venv that was moved with its folder, or whose Python is gone, is made again.
if ! grep -q " $(pwd -P)/.venv\$" .venv/pyvenv.cfg 2>/dev/null || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    echo "Making .venv with $($python --version)"
    "$python" -m venv --clear .venv
fi

for kind in $files; do
    [ "$kind" = requirements.txt ] && with_fonts=requirements-fonts.txt || with_fonts=
    stamp=".venv/.installed-$kind"
    content=$(cat "$kind" constraints.txt $with_fonts | cksum)
    [ "$(cat "$stamp" 2>/dev/null)" = "$content" ] && continue

    echo "Installing $kind"
    # uv is many times quicker, but knows nothing of pip's own index or wheelhouse: where pip has one, pip it is.
    uv=""
    if ! .venv/bin/python -m pip config list | grep -Eq '\.(index-url|no-index)='; then
        .venv/bin/python -m pip install --quiet --disable-pip-version-check uv 2>/dev/null && uv=.venv/bin/uv
    fi
    [ -n "${PIP_CERT-}" ] && export SSL_CERT_FILE="${SSL_CERT_FILE-$PIP_CERT}"
    install() {
        { [ -n "$uv" ] && $uv pip install --quiet --python .venv/bin/python "$@" 2>/dev/null; } ||
            .venv/bin/python -m pip install --quiet --disable-pip-version-check "$@"
    }
    install -r "$kind" -c constraints.txt
    # --no-deps: of this package only the font files are wanted.
    [ -z "$with_fonts" ] || install --no-deps -r "$with_fonts"
    echo "$content" >"$stamp"
done
