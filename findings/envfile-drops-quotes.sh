#!/usr/bin/env bash
# Values read from a .env file and written to one by envfile 7.1.0, beside dotenv 18.0.10.
#
# Expected: the two read the same values, and `parse(stringify(values))` gives the values again: the package's page
# calls the format .env files, "also known as dotenv files".
# Seen: parse takes each quote out of a value, those in its middle as well, so that JSON is JSON no more and "it's"
# becomes "its". It knows no escapes, no values of several lines, no `export` and no comment behind a value. stringify
# writes each value as it stands: a # begins a comment for dotenv, outer quotes and blanks go, and of two lines the
# second is no part of the value for either of them. No error.
# Why it bites: a tool that sets one variable parses the file and writes it anew, and so changes values that it never
# had to touch. A password with a # is cut there, and a key in JSON cannot be parsed.
set -euo pipefail

ENVFILE=7.1.0 DOTENV=18.0.10
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
npm install --silent --no-audit --no-fund --prefix "$WORK" "envfile@$ENVFILE" "dotenv@$DOTENV" >/dev/null

cat >env.mjs <<'JS'
import { parse, stringify } from "envfile"
import dotenv from "dotenv"
const shown = (values) => JSON.stringify(values.KEY ?? null)
const lines = [`KEY={"id": "a"}`, `KEY="it's"`, `KEY="one\\ntwo"`, `KEY="one\ntwo"`, `export KEY=one`, `KEY=one # note`]
for (const text of lines) {
  console.log(`${JSON.stringify(text)}: dotenv reads ${shown(dotenv.parse(text))}, envfile ${shown(parse(text))}`)
}
for (const value of [`{"id": "a"}`, `it's`, `one\ntwo`, ` one `, `"one"`, `pass#word`]) {
  const text = stringify({ KEY: value, NEXT: "next" })
  const [one, other] = [dotenv.parse(text), parse(text)].map(shown)
  console.log(`${JSON.stringify(value)} is written: dotenv reads ${one}, envfile ${other}`)
}
JS
node env.mjs | tee seen
cat >expected <<'END'
"KEY={\"id\": \"a\"}": dotenv reads "{\"id\": \"a\"}", envfile "{id: a}"
"KEY=\"it's\"": dotenv reads "it's", envfile "its"
"KEY=\"one\\ntwo\"": dotenv reads "one\ntwo", envfile "one\\ntwo"
"KEY=\"one\ntwo\"": dotenv reads "one\ntwo", envfile "one"
"export KEY=one": dotenv reads "one", envfile null
"KEY=one # note": dotenv reads "one", envfile "one # note"
"{\"id\": \"a\"}" is written: dotenv reads "{\"id\": \"a\"}", envfile "{id: a}"
"it's" is written: dotenv reads "it's", envfile "its"
"one\ntwo" is written: dotenv reads "one", envfile "one"
" one " is written: dotenv reads "one", envfile "one"
"\"one\"" is written: dotenv reads "one", envfile "one"
"pass#word" is written: dotenv reads "pass", envfile "pass#word"
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
