#!/usr/bin/env bash
# One entry of a .netrc and the entry behind it, read by curl 7.88.1, Python 3.11.2, and npm's netrc 0.1.4 and
# netrc-parser 3.1.6.
#
# Expected: the four name the same password, and what it looks like does not touch the next entry.
# Seen: of six passwords only `it's` is the same for all. A `#` inside is part of the password (curl, Python) or
# begins a comment (both of npm). A `#` in front is a character (Python), an empty password (netrc-parser), or a comment, so
# that the password is the next line's first word, "machine" (curl, netrc), and netrc loses that line's entry.
# Quotes belong to the file (curl, Python) or to the password (both of npm); with a blank between them the
# password ends there, and netrc loses the next entry. Python alone drops a backslash outside quotes.
# Why it bites: tokens that a service makes have such characters. One tool writes the file, and the next reads
# it; there is no error, and a 401 looks like an expired token.
set -euo pipefail

NETRC=0.1.4 PARSER=3.1.6 PYTHON=3.11.2-6+deb12u8 CURL=7.88.1
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
chmod 755 .
curl --version | grep -q "libcurl/$CURL " || { echo "this needs curl with libcurl $CURL, of Debian 12"; exit 1; }
apt-get download -qq "python3.11-minimal=$PYTHON" "libpython3.11-minimal=$PYTHON" "libpython3.11-stdlib=$PYTHON" 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" root; done
npm install --silent --no-audit --no-fund --prefix "$WORK" "netrc@$NETRC" "netrc-parser@$PARSER" >/dev/null

PASSWORDS=('p#q' '#front' '"two words"' '"quoted"' 'back\slash' "it's")
for i in "${!PASSWORDS[@]}"; do
  printf 'machine a.test login me password %s\nmachine b.test login me password next\n' "${PASSWORDS[$i]}" >"rc$i"
done
chmod 600 rc?
# The server answers with the password that curl sends it.
cat >by_curl.cjs <<'JS'
const http = require("http"), { promisify } = require("util"), run = promisify(require("child_process").execFile)
const server = http.createServer((request, response) => {
  const sent = Buffer.from((request.headers.authorization || "").replace("Basic ", ""), "base64").toString()
  response.end(sent ? sent.slice(sent.indexOf(":") + 1) : "(no entry)")
})
server.listen(0, "127.0.0.1", async () => {
  const { port } = server.address()
  const ask = async (file, host) => (await run("curl", ["-s", "--noproxy", "*", "--netrc-file", file,
    "--resolve", `${host}:${port}:127.0.0.1`, `http://${host}:${port}/`])).stdout
  for (const file of process.argv.slice(2)) console.log(`${await ask(file, "a.test")}, ${await ask(file, "b.test")}`)
  server.close()
})
JS
cat >by_npm.cjs <<'JS'
const readers = {
  netrc: require("netrc"),
  "netrc-parser": (file) => {
    const parser = new (require("netrc-parser").Netrc)(file)
    parser.loadSync()
    return parser.machines
  },
}
for (const file of process.argv.slice(3)) {
  const machines = readers[process.argv[2]](file)
  console.log(["a.test", "b.test"].map((host) => host in machines ? machines[host].password : "(no entry)").join(", "))
}
JS
cat >by_python.py <<'PY'
import netrc, sys
for file in sys.argv[1:]:
    hosts = netrc.netrc(file).hosts
    print(", ".join(hosts[host][2] if host in hosts else "(no entry)" for host in ("a.test", "b.test")))
PY
node by_curl.cjs rc? >by_curl
PYTHONHOME=$WORK/root/usr root/usr/bin/python3.11 by_python.py rc? >by_python
node by_npm.cjs netrc rc? >by_netrc
node by_npm.cjs netrc-parser rc? >by_netrc-parser
for reader in curl python netrc netrc-parser; do
  paste -d '|' <(printf '%s\n' "${PASSWORDS[@]}") "by_$reader" | sed "s/^/$reader: /; s/|/ gives /"
done | tee seen
cat >expected <<'END'
curl: p#q gives p#q, next
curl: #front gives machine, next
curl: "two words" gives two words, next
curl: "quoted" gives quoted, next
curl: back\slash gives back\slash, next
curl: it's gives it's, next
python: p#q gives p#q, next
python: #front gives #front, next
python: "two words" gives two words, next
python: "quoted" gives quoted, next
python: back\slash gives backslash, next
python: it's gives it's, next
netrc: p#q gives p, next
netrc: #front gives machine, (no entry)
netrc: "two words" gives "two, (no entry)
netrc: "quoted" gives "quoted", next
netrc: back\slash gives back\slash, next
netrc: it's gives it's, next
netrc-parser: p#q gives p, next
netrc-parser: #front gives , next
netrc-parser: "two words" gives "two, next
netrc-parser: "quoted" gives "quoted", next
netrc-parser: back\slash gives back\slash, next
netrc-parser: it's gives it's, next
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
