#!/usr/bin/env bash
# A download that is repeated only when the file changed: curl 7.88.1, --etag-save and --etag-compare.
#
# Expected: with one file for both options, a second run is answered 304; a run that fails leaves the saved tag
# as it was, since the downloaded file is left as it was.
# Seen: a run that gets no answer at all, or an error (with --fail), empties the file of the tag, and the next
# run downloads everything. Behind a redirect that has a tag of its own, --location saves the tags of both
# answers, and --etag-compare sends them as one: "a""b", which is no tag. No run is ever answered 304.
# Why it bites: a cache of a large file is downloaded whole by every run, and nothing fails. Save into a
# second file, move it over the first one after success, and give the URL that the redirect leads to.
set -euo pipefail

CURL=7.88.1
WORK=$(mktemp -d)
PID=
trap '[ -z "$PID" ] || kill "$PID"; rm -rf "$WORK"' EXIT
cd "$WORK"
curl --version | grep -q "libcurl/$CURL " || { echo "this needs curl with libcurl $CURL, of Debian 12"; exit 1; }

# /file has the tag "b", /moved has "a" and leads to /file, /broken answers 503.
cat >server.cjs <<'JS'
const http = require("http"), fs = require("fs")
const server = http.createServer((request, response) => {
  const asked = request.headers["if-none-match"]
  fs.appendFileSync("asked", `${request.url} ${asked}, `)
  if (request.url === "/moved") response.writeHead(302, { location: "/file", etag: '"a"' }).end()
  else if (request.url === "/broken") response.writeHead(503).end()
  else if (asked === '"b"') response.writeHead(304, { etag: asked }).end()
  else response.writeHead(200, { etag: '"b"' }).end("content")
})
server.listen(0, "127.0.0.1", () => fs.writeFileSync("port", String(server.address().port)))
JS
node server.cjs &
PID=$!
for _ in $(seq 50); do [ -s port ] && break; sleep 0.1; done
URL=http://127.0.0.1:$(<port)

# run LABEL URL: one run, and what is in the file of the tag behind it.
run() {
  local code=0 status
  : >asked
  status=$(curl -s --noproxy '*' --fail --location --etag-save tag --etag-compare tag -o copy -w '%{http_code}' "$2") || code=$?
  echo "$1: exit $code, status $status, sent [$(sed 's/, $//' asked)], the file of the tag: [$(paste -sd ' ' tag)]"
}
{
  run "first run" "$URL/file"
  run "again" "$URL/file"
  run "server broken" "$URL/broken"
  run "again" "$URL/file"
  run "nobody listens" http://127.0.0.1:1/file
  run "again" "$URL/file"
  rm tag
  run "redirect, first run" "$URL/moved"
  run "redirect, again" "$URL/moved"
} | tee seen
cat >expected <<'END'
first run: exit 0, status 200, sent [/file ""], the file of the tag: ["b"]
again: exit 0, status 304, sent [/file "b"], the file of the tag: ["b"]
server broken: exit 22, status 503, sent [/broken "b"], the file of the tag: []
again: exit 0, status 200, sent [/file ""], the file of the tag: ["b"]
nobody listens: exit 7, status 000, sent [], the file of the tag: []
again: exit 0, status 200, sent [/file ""], the file of the tag: ["b"]
redirect, first run: exit 0, status 200, sent [/moved "", /file ""], the file of the tag: ["a" "b"]
redirect, again: exit 0, status 200, sent [/moved "a""b", /file "a""b"], the file of the tag: ["a" "b"]
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
