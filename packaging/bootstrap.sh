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
  [ "$(id -u)" = 0 ] || die "missing system packages: run as root, or install: $*"
  command -v apt-get >/dev/null || die "missing system packages, and there is no apt-get: install $*"
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

# What Qt draws and starts with, and a screen without a screen for the tests. The command line needs none of it.
window_packages="libegl1 libgl1 libglib2.0-0 libdbus-1-3 libfontconfig1 fonts-dejavu-core libxkbcommon0
  libxkbcommon-x11-0 libx11-xcb1 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0
  libxcb-render-util0 libxcb-shape0 libxcb-sync1 libxcb-xfixes0 libxcb-xinerama0 libxcb-xkb1 xvfb xauth xdotool"

missing_packages() {
  local name
  for name in $window_packages; do
    dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || printf '%s ' "$name"
  done
}

if command -v dpkg-query >/dev/null; then
  missing=$(missing_packages)
  if [ -n "$missing" ] && [ "$(id -u)" = 0 ]; then
    # shellcheck disable=SC2086
    install_system_packages $missing
  elif [ -n "$missing" ]; then
    say "the window may not start without these packages: $missing"
  fi
fi

say "installing the locked dependencies"
export UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS=true UV_PROJECT_ENVIRONMENT=.venv
.uv/bin/uv sync --frozen --quiet --python "$python" --extra gui --extra fast --group gui-test
.venv/bin/python -m compileall -q euroqci_planner
printf '%s' "$wanted" > "$stamp"
say "done"
