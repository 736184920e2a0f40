#!/usr/bin/env bash
# A download into a pipe that is tried again: `curl --retry`, curl 7.88.1.
#
# Expected: what comes out is the answer of the last try, as it is with `-o FILE`.
# Seen: into a pipe, or a file by `>`, curl writes the bodies of the failed tries first: the text of two errors
# and then the document, with exit code 0. `-o -` is the same, and so is --fail-with-body, which is there to
# tell errors apart. With `-o FILE` the file is emptied before each try; with --fail no error body is written.
# Why it bites: `curl --retry 3 URL | tar x` or `| jq` works until the first 503, and then fails on the text of
# an answer that was tried again with success.
set -euo pipefail

CURL=7.88.1
WORK=$(mktemp -d)
PID=
trap '[ -z "$PID" ] || kill "$PID"; rm -rf "$WORK"' EXIT
cd "$WORK"
curl --version | grep -q "libcurl/$CURL " || { echo "this needs curl with libcurl $CURL, of Debian 12"; exit 1; }

# Each third request is answered with the document.
cat >server.cjs <<'JS'
const http = require("http"), fs = require("fs")
let requests = 0
const server = http.createServer((request, response) => {
  requests += 1
  response.writeHead(requests % 3 ? 503 : 200, { "retry-after": "0" }).end(requests % 3 ? "<busy>" : '{"a":1}')
})
server.listen(0, "127.0.0.1", () => fs.writeFileSync("port", String(server.address().port)))
JS
node server.cjs &
PID=$!
for _ in $(seq 50); do [ -s port ] && break; sleep 0.1; done

# try OPTION…: what came to the standard output, or else into the file.
try() {
  local code=0
  rm -f file
  curl -s --noproxy '*' --retry 3 --retry-delay 0 --retry-max-time 30 "$@" "http://127.0.0.1:$(<port)/" >out || code=$?
  echo "curl --retry 3 $*: exit $code, $(cat out; [ ! -e file ] || cat file)"
}
{
  try
  try -o -
  try --fail-with-body
  try --fail
  try -o file
} | tee seen
cat >expected <<'END'
curl --retry 3 : exit 0, <busy><busy>{"a":1}
curl --retry 3 -o -: exit 0, <busy><busy>{"a":1}
curl --retry 3 --fail-with-body: exit 0, <busy><busy>{"a":1}
curl --retry 3 --fail: exit 0, {"a":1}
curl --retry 3 -o file: exit 0, {"a":1}
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
