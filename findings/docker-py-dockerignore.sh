#!/usr/bin/env bash
# The files that docker-py 5.0.3 (Python) sends for a build under five .dockerignore files, beside those that
# `docker build` 20.10.24 sends.
#
# Expected: the two send the same; docker-py reads the file so that the engine gets what the command would send.
# Seen: rules are held to names without regard to case, so that `Build` takes the directory build. A class is
# negated by `[!x]` and not by `[^x]`, which is the reverse of what docker does; each takes what the other leaves.
# An exception with a blank behind its `!` is none, so that `*` before it leaves nothing. No error for any of them.
# Why it bites: rules were tried with the docker command. A program in Python then builds without the sources that
# are named like an upper-case rule, or with the logs and keys that a class was to keep out.
set -euo pipefail

DOCKER=20.10.24+dfsg1-1+deb12u1+b6 PYTHON=3.11.2-6+deb12u8
WORK=$(mktemp -d)
PID=
trap '[ -z "$PID" ] || kill "$PID"; rm -rf "$WORK"' EXIT
cd "$WORK"
chmod 755 .
apt-get download -qq "docker.io=$DOCKER" "python3.11-minimal=$PYTHON" "libpython3.11-minimal=$PYTHON" \
  "libpython3.11-stdlib=$PYTHON" python3-docker=5.0.3-1 python3-requests=2.28.1+dfsg-1 \
  python3-urllib3=1.26.12-1+deb12u4 python3-idna=3.3-1+deb12u1 python3-certifi=2022.9.24-1 \
  python3-chardet=5.1.0+dfsg-2 python3-websocket=1.2.3-1 python3-six=1.16.0-4 python3-distutils=3.11.2-3 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" root; done

# In an engine's place: it keeps the archive of a build in the file `sent`.
cat >engine.cjs <<'JS'
const http = require("http"), fs = require("fs")
const engine = http.createServer((request, response) => {
  const parts = []
  request.on("data", (part) => parts.push(part)).on("end", () => {
    if (request.url.includes("/build?")) fs.writeFileSync("sent", Buffer.concat(parts))
    response.setHeader("Api-Version", "1.41")
    response.setHeader("Ostype", "linux")
    response.end(request.url.includes("/version") ? '{"ApiVersion":"1.41"}' : "{}")
  })
})
engine.listen(0, "127.0.0.1", () => fs.writeFileSync("port", `${engine.address().port}`))
JS
node engine.cjs &
PID=$!
for _ in $(seq 50); do [ -s port ] && break; sleep 0.1; done
DOCKER_HOST=tcp://127.0.0.1:$(cat port)
export DOCKER_HOST HOME=$WORK DOCKER_BUILDKIT=0

mkdir -p tree/build
echo "FROM scratch" >tree/Dockerfile
touch tree/build/main.o tree/keep.log tree/old.log
cat >build.py <<'PY'
import docker
list(docker.from_env().api.build(path="tree"))
PY
files() { tar -tf sent | grep -vE '/$|ockerfile|ockerignore' | sort | paste -sd ' '; }
for rules in 'build' 'Build' '[^k]*.log' '[!k]*.log' '*|! build'; do
  tr '|' '\n' <<<"$rules" >tree/.dockerignore
  root/usr/bin/docker build -q tree >/dev/null 2>&1 || true
  echo "$rules: docker [$(files)]"
  rm sent
  PYTHONHOME=$WORK/root/usr PYTHONPATH=$WORK/root/usr/lib/python3/dist-packages root/usr/bin/python3.11 build.py
  echo "$rules: docker-py [$(files)]"
  rm sent
done >seen
cat seen
cat >expected <<'END'
build: docker [keep.log old.log]
build: docker-py [keep.log old.log]
Build: docker [build/main.o keep.log old.log]
Build: docker-py [keep.log old.log]
[^k]*.log: docker [build/main.o keep.log]
[^k]*.log: docker-py [build/main.o old.log]
[!k]*.log: docker [build/main.o old.log]
[!k]*.log: docker-py [build/main.o keep.log]
*|! build: docker [build/main.o]
*|! build: docker-py []
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
