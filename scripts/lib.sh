# Shared by the commands beside this file, which source it. Sets REPO (the
# checkout), VENV (its virtual environment) and CACHE (what is shared between
# checkouts of the same user).
# shellcheck shell=bash

set -euo pipefail

REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
VENV=$REPO/.venv
CACHE=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/pattern_intelligence

# Tell a person what is going on, without disturbing standard output.
say() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
}

# End with one clear line.
die() {
    say "$*"
    exit 1
}

# True when every named requirements file is installed as it reads now. The
# stamps are plain copies, so this costs two comparisons and no interpreter.
is_set_up() {
    [[ -x $VENV/bin/python ]] || return 1
    local file
    for file in "$@"; do
        cmp -s "$REPO/$file" "$VENV/.installed/${file##*/}" || return 1
    done
}

# Bring the environment up to date; `--demo` adds what a real Home Assistant
# with its pages needs.
ensure_setup() {
    "$REPO/scripts/setup" "$@"
}

# Replace this shell by a module of the checkout, run where the person stands,
# so that relative paths mean what they typed.
run_module() {
    local module=$1
    shift
    export PYTHONPATH=$REPO${PYTHONPATH:+:$PYTHONPATH}
    exec "$VENV/bin/python" -P -m "$module" "$@"
}
