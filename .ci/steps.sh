# The steps of `.ci/run`; `$scratch` is its temporary folder.

# Copy the files that git has or would take into a new folder.
copy_checkout() {
  local file
  mkdir "$1"
  git ls-files -z --cached --others --exclude-standard |
    while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done |
    tar --create --null --files-from=- |
    tar --extract --directory="$1"
}

# Run a function of this file, or a command, and keep its output to show at the end if it fails.
step() {
  local name=$1
  shift
  # A shell of its own: `set -e` would not count in one that somebody asks for its result.
  bash -euo pipefail -c 'cd "$scratch/checkout"; . .ci/steps.sh; "$@"' - "$@" \
    >"$scratch/logs/$name" 2>&1 </dev/null || touch "$scratch/logs/$name.failed"
}

report_failures() {
  local marker failed=0
  for marker in "$scratch"/logs/*.failed; do
    [ -e "$marker" ] || continue
    failed=1
    printf '== %s\n' "$(basename "$marker" .failed)"
    cat "${marker%.failed}"
  done
  return "$failed"
}

# Print how many tests each run of them passed: a run that executed none must not look green.
report_counts() {
  local log
  for log in "$scratch"/logs/tests*; do
    grep -E '^=*[ ]?[0-9]+ passed' "$log" || { echo "== $(basename "$log"): no test was executed"; return 1; }
  done
}

# Print one interpreter of each version that this machine has and the project supports, the oldest first.
pythons() {
  local minor candidate
  for minor in 11 12 13 14; do
    for candidate in "python3.$minor" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3."$minor".*/bin/python; do
      if "$candidate" -c "import sys; sys.exit(sys.version_info[:2] != (3, $minor))" 2>/dev/null; then
        command -v "$candidate"
        break
      fi
    done
  done
}

# Print the one of them that `python3` is.
default_python() {
  local minor
  minor=$(python3 -c 'import sys; print(sys.version_info.minor)')
  pythons | grep -E "3\.$minor(\.|$)" || true
}

# Node builds the vendored bundles again; Debian keeps `venv` apart from Python.
need_system_packages() {
  local missing=()
  command -v npm >/dev/null || missing+=(nodejs npm)
  python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
  [ "${#missing[@]}" = 0 ] || step system-packages install_system_packages "${missing[@]}"
}

install_system_packages() {
  local as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y "$@"
}

# Run, in the current folder, the one of the README's commands that names a word.
readme_command() {
  bash -euc "$(grep "^python3 -m venv " README.md | grep -e "$1")"
}

# Install without extras, as a user does, and go through the commands.
bare_install() {
  cd "$scratch/bare"
  readme_command run-once
  .venv/bin/pip check
  .venv/bin/ratchet --help
  .venv/bin/ratchet validate sample_tasks/addition
  .venv/bin/ratchet doctor
}

# What the web's globals do and what hostile scripts and frames meet is the engines' and the system's doing, the same on
# each Python: it is enough that the README's command asks it.
same_everywhere="--ignore=tests/engine/web --ignore=tests/sandbox/test_hostile.py --ignore=tests/sandbox/test_frame_fuzz.py"

# Run the tests with another interpreter, or with other versions of what the project depends on.
suite() {
  local environment="$scratch/$1" python=$2
  shift 2
  "$python" -m venv "$environment"
  "$environment/bin/pip" install --quiet --editable '.[dev]' "$@"
  # shellcheck disable=SC2086
  "$environment/bin/pytest" -n auto -p no:cacheprovider $same_everywhere ${left_out:-}
}

lowest_versions() {
  "$1" .ci/lowest.py >"$scratch/lowest.txt"
  # The base dependencies are lowered, not those of the extras that jobs and the server stand on.
  left_out="--ignore=tests/jobs --ignore=tests/server" suite lowest "$1" --constraint "$scratch/lowest.txt"
}

# What one interpreter is enough for: the one that the README's command has set up.
checks() {
  local bin=.venv/bin
  step ruff "$bin/ruff" check .
  step format "$bin/ruff" format --check .
  step types "$bin/mypy"
  step docs "$bin/python" .ci/docs.py --check
  step vendored-bundles "$bin/python" .ci/vendor.py --check
  step schema-suite "$bin/python" .ci/schema_suite.py --check
  step tests-mcp-referees "$bin/python" .ci/mcp_referees.py
}
