#!/usr/bin/env bash
# Installs the packages of tools/packages.txt that are missing, as root or through sudo, and starts none
# of their services. Says nothing and takes a moment when all are there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

missing() {
  dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' |
    awk 'NR == FNR { if ($1 == "installed") have[$2] = 1; next }
         { sub(/#.*/, ""); for (i = 1; i <= NF; i++) if (!have[$i]) print $i }' - packages.txt
}

packages=$(missing | tr '\n' ' ')
[ -n "$packages" ] || exit 0

if ! grep -q '^VERSION_CODENAME=bookworm' /etc/os-release; then
  echo "setup: the build stands on Debian 12; missing here: $packages" >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "setup: become root or install sudo to install: $packages" >&2; exit 1; }
  as_root=(sudo)
fi

# Debian asks this file whether a package may start its service; an existing one stays.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap '"${as_root[@]}" rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 755 "$policy"
fi

apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get --quiet --quiet)
echo "setup: reading Debian's package lists"
"${apt[@]}" update
echo "setup: installing $packages"
# shellcheck disable=SC2086  # a list of words
"${apt[@]}" -o Dpkg::Use-Pty=0 install --yes --no-install-recommends $packages
echo "setup: done"
