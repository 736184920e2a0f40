#!/usr/bin/env bash
# One compose file as docker-compose 1.29.2 reads it, and what podman-compose 1.0.3 asks podman for.
#
# Expected: the same container. podman-compose implements the compose format, and says so where it does not.
# Seen: a variable that both the shell and .env set has the shell's value for docker-compose, as the format has it,
# and the one of .env for podman-compose. extra_hosts and sysctls given as a map lose their values. dns, group_add, pid
# and stop_grace_period are left out. A health check whose test is a list becomes a line for a shell, in which a word
# with a blank is two. podman-compose warns of none of them.
# Why it bites: `TAG=2.1 podman-compose up` deploys the version that is written in .env. What was left out is missed
# much later: a database that gets 10 seconds to stop, and not two minutes, is killed in the middle of its work.
set -euo pipefail

PYTHON=3.11.2-6+deb12u8
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
chmod 755 .
apt-get download -qq "python3.11-minimal=$PYTHON" "libpython3.11-minimal=$PYTHON" "libpython3.11-stdlib=$PYTHON" \
  podman-compose=1.0.3-3 docker-compose=1.29.2-3 python3-docker=5.0.3-1 python3-dockerpty=0.4.1-4 \
  python3-docopt=0.6.2-4.1 python3-dotenv=0.21.0-1 python3-jsonschema=4.10.3-1 python3-texttable=1.6.7-1 \
  python3-websocket=1.2.3-1 python3-yaml=6.0-3+b2 python3-distro=1.8.0-1 python3-requests=2.28.1+dfsg-1 \
  python3-urllib3=1.26.12-1+deb12u4 python3-idna=3.3-1+deb12u1 python3-certifi=2022.9.24-1 \
  python3-chardet=5.1.0+dfsg-2 python3-attr=22.2.0-1 python3-pyrsistent=0.18.1-1+b3 python3-six=1.16.0-4 \
  python3-distutils=3.11.2-3 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" root; done
export PYTHONHOME=$WORK/root/usr PYTHONPATH=$WORK/root/usr/lib/python3/dist-packages
tool() { root/usr/bin/python3.11 "root/usr/bin/$1" "${@:2}"; }

# In podman's place: it keeps the arguments of `run`, one on each line.
cat >podman <<'SH'
#!/bin/sh
[ "$1" != --version ] || echo "podman version 4.3.1"
[ "$1" != run ] || printf '%s\n' "$@" >run
SH
chmod +x podman
cat >docker-compose.yml <<'YML'
version: "3.7"
services:
  app:
    image: "example.test/app:${TAG}"
    extra_hosts: {db.test: 10.0.0.2}
    sysctls: {net.core.somaxconn: 1024}
    dns: [10.0.0.53]
    group_add: ["28"]
    pid: host
    stop_grace_period: 2m
    healthcheck: {test: ["CMD", "printf", "[%s]", "two words"]}
YML
echo TAG=from-env >.env
export TAG=from-shell
tool docker-compose config >service
tool podman-compose --podman-path ./podman up -d >log 2>&1

follows() { grep -A 1 -xe "$1" run | tail -n 1; }
{
  echo "docker-compose config:"
  sed -n '/^  app:/,/^version/p' service | sed '1d; $d'
  echo "podman run:"
  grep '^example' run
  for option in --add-host --sysctl --healthcheck-command; do echo "$option $(follows "$option")"; done
  grep -xE -e '--(dns|group-add|pid|stop-timeout)' run || echo "none of --dns, --group-add, --pid, --stop-timeout"
  echo "the check in a shell: $(sh -c "$(follows --healthcheck-command)")"
} | tee seen
cat >expected <<'END'
docker-compose config:
    dns:
    - 10.0.0.53
    extra_hosts:
      db.test: 10.0.0.2
    group_add:
    - '28'
    healthcheck:
      test:
      - CMD
      - printf
      - '[%s]'
      - two words
    image: example.test/app:from-shell
    pid: host
    stop_grace_period: 2m
    sysctls:
      net.core.somaxconn: '1024'
podman run:
example.test/app:from-env
--add-host db.test
--sysctl net.core.somaxconn
--healthcheck-command /bin/sh -c printf' ''[%s]'' ''two words'
none of --dns, --group-add, --pid, --stop-timeout
the check in a shell: [two][words]
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
