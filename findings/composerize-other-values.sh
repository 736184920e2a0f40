#!/usr/bin/env bash
# `docker run` commands made into compose files by composerize 1.7.6, as docker-compose 1.29.2 reads the files.
#
# Expected: the container that the command starts is the one that the file describes, or a comment in the file says
# what is missing. There is such a comment for options that composerize does not know.
# Seen: a dollar sign is not doubled, so that compose puts a variable of the host there, which is mostly nothing
# (compose warns of that). `-p 2222:22` stands without quotes, which YAML 1.1 reads as the number 133342. A name
# that looks like a number is made one: 12e4 becomes 120000. Quotes behind the = of a label become part of the
# value, those of --env do not. Two blanks in quotes become one, and `readonly` of a mount is left out. There is
# no comment for any of them.
# Why it bites: a generated password has a dollar sign now and then, and is cut there; what was mounted for reading
# can be written to; the port of ssh is not published at all. The file is valid and the service starts.
set -euo pipefail

VERSION=1.7.6 PYTHON=3.11.2-6+deb12u8
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
chmod 755 .
apt-get download -qq "python3.11-minimal=$PYTHON" "libpython3.11-minimal=$PYTHON" "libpython3.11-stdlib=$PYTHON" \
  docker-compose=1.29.2-3 python3-docker=5.0.3-1 python3-dockerpty=0.4.1-4 python3-docopt=0.6.2-4.1 \
  python3-dotenv=0.21.0-1 python3-jsonschema=4.10.3-1 python3-texttable=1.6.7-1 python3-websocket=1.2.3-1 \
  python3-yaml=6.0-3+b2 python3-distro=1.8.0-1 python3-requests=2.28.1+dfsg-1 python3-urllib3=1.26.12-1+deb12u4 \
  python3-idna=3.3-1+deb12u1 python3-certifi=2022.9.24-1 python3-chardet=5.1.0+dfsg-2 python3-attr=22.2.0-1 \
  python3-pyrsistent=0.18.1-1+b3 python3-six=1.16.0-4 python3-distutils=3.11.2-3 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" root; done
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$WORK" "composerize@$VERSION" >/dev/null 2>&1
cat >write.mjs <<'JS'
import composerize from "composerize"
import { writeFileSync } from "fs"
writeFileSync("docker-compose.yml", composerize(process.argv[2], null, "v3x"))
JS
compose() {
  env -i PATH="$PATH" HOME="$WORK" PYTHONHOME="$WORK/root/usr" PYTHONPATH="$WORK/root/usr/lib/python3/dist-packages" \
    root/usr/bin/python3.11 -m compose "$@"
}

# tell FIELD COMMAND: the comments in the file, and the field in what compose makes of it.
tell() {
  node write.mjs "$2"
  echo "$2"
  grep '^#' docker-compose.yml || true
  compose config 2>/dev/null >described
  grep -A1 "^ *$1:" described | sed 's/^ */  /' | grep -v image: || true
}
{
  # shellcheck disable=SC2016
  tell environment 'docker run -e '\''PASSWORD=s3cr$et'\'' app'
  tell ports 'docker run -p 2222:22 app'
  tell container_name 'docker run --name 12e4 app'
  tell environment 'docker run -e NOTE="two words" app'
  tell labels 'docker run -l NOTE="two words" app'
  tell command "docker run app printf '%s  %s' a b"
  tell entrypoint "docker run --entrypoint '' app tool"
  node write.mjs 'docker run --mount type=bind,source=/etc/app,target=/app,readonly app'
  echo "mount of type bind, readonly"
  grep -A3 'type: bind' docker-compose.yml | sed 's/^ */  /'
} | tee seen
cat >expected <<'END'
docker run -e 'PASSWORD=s3cr$et' app
  environment:
  PASSWORD: s3cr
docker run -p 2222:22 app
  ports:
  - target: 133342
docker run --name 12e4 app
  container_name: '120000'
docker run -e NOTE="two words" app
  environment:
  NOTE: two words
docker run -l NOTE="two words" app
  labels:
  NOTE: '"two words"'
docker run app printf '%s  %s' a b
  command: printf '%s %s' a b
docker run --entrypoint '' app tool
# ignored options for 'app'
# --entrypoint=
mount of type bind, readonly
  - type: bind
  source: /etc/app
  target: /app
  image: app
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
