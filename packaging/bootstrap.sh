#!/usr/bin/env bash
# Sets up the project on a bare Debian 12 with Python 3.11: system packages (as root, when missing),
# a virtual environment, the locked dependencies. Does nothing, and needs no network, when all is in place.
set -euo pipefail
cd "$(dirname "$0")/.."

UV_VERSION=0.13.9

say() { printf 'setup: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

python_3_11() {
  local candidate
  for candidate in "${PYTHON:-}" python3.11 /usr/bin/python3.11 python3; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return 0
    fi
  done
  return 1
}

can_make_venv() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

install_system_packages() {
  [ "$(id -u)" = 0 ] || die "Python 3.11 with venv is missing: run as root, or install: $*"
  command -v apt-get >/dev/null || die "Python 3.11 with venv is missing and there is no apt-get: install Python 3.11"
  say "installing system packages: $*"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

if ! python=$(python_3_11) || ! can_make_venv "$python"; then
  install_system_packages python3.11 python3.11-venv ca-certificates
  python=$(python_3_11) || die "no Python 3.11 after the installation of its package"
fi

stamp=.venv/.setup-complete
wanted=$(cat uv.lock pyproject.toml packaging/bootstrap.sh | sha256sum | cut -d' ' -f1)
if [ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted" ]; then
  exit 0
fi

if ! .uv/bin/uv --version 2>/dev/null | grep -q " $UV_VERSION"; then
  say "installing uv $UV_VERSION"
  rm -rf .uv
  "$python" -m venv .uv
  .uv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$UV_VERSION"
fi

say "installing the locked dependencies"
export UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS=true UV_PROJECT_ENVIRONMENT=.venv
.uv/bin/uv sync --frozen --quiet --python "$python"
.venv/bin/python -m compileall -q euroqci_planner
printf '%s' "$wanted" > "$stamp"
say "done"
