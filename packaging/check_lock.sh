#!/usr/bin/env bash
# The lock file names no host but the public default, and no path of a machine.
set -euo pipefail
cd "$(dirname "$0")/.."
hosts=$(grep -oE '[a-z]+://[^/" ]+' uv.lock | sort -u)
strange=$(grep -vxE 'https://(pypi\.org|files\.pythonhosted\.org)' <<<"$hosts" || true)
if [ -n "$strange" ]; then
  echo "uv.lock names hosts beyond the public default: $strange" >&2
  exit 1
fi
if grep -nE '(path|url) = "(/|file:)' uv.lock >&2; then
  echo "uv.lock names a path of a machine" >&2
  exit 1
fi
echo "lock file: only $(wc -l <<<"$hosts") public hosts"
