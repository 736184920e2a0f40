#!/usr/bin/env bash
# Lists of values, one on each line, read by @docker/actions-toolkit 0.101.0 with csv-parse 7.0.3, on which Docker's
# actions for GitHub stand: `Util.getInputList(name, {ignoreComma: true})`.
#
# Expected: each line is a value as it stands. The option is there for build arguments and labels, in which a comma is
# part of the value.
# Seen: a line is read as a row of CSV and joined with commas again, so that words which stand in quotes between two
# commas lose the quotes. A JSON list of two names is right, since its first and last word have a bracket beside the
# quotes; of three, those in the middle lose theirs, and the value is no JSON. An empty string in the middle is
# nothing. The same list with blanks behind its commas is right. No error for any of them.
# Why it bites: a build argument that holds a list works until somebody adds a third entry. The build passes, and the
# program that is to read the value fails on it.
set -euo pipefail

VERSION=0.101.0 CSV=7.0.3
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$WORK" "@docker/actions-toolkit@$VERSION" \
  "csv-parse@$CSV" >/dev/null

cat >list.mjs <<'JS'
import { Util } from "@docker/actions-toolkit/lib/util.js"
const lines = [
  'HOSTS=["a.test","b.test"]',
  'HOSTS=["a.test","b.test","c.test"]',
  'HOSTS=["a.test", "b.test", "c.test"]',
  'PREFIXES=["/a","","/b"]',
  'FLAGS=-Wl,"-z now",--as-needed',
]
// This is how GitHub's runner hands the lines of an input to an action.
process.env["INPUT_BUILD-ARGS"] = lines.join("\n")
const values = Util.getInputList("build-args", { ignoreComma: true })
lines.forEach((line, i) => console.log(`${line} ${line === values[i] ? "is kept" : `becomes ${values[i]}`}`))
console.log(`${lines.length} lines, ${values.length} values`)
JS
node list.mjs | tee seen
cat >expected <<'END'
HOSTS=["a.test","b.test"] is kept
HOSTS=["a.test","b.test","c.test"] becomes HOSTS=["a.test",b.test,"c.test"]
HOSTS=["a.test", "b.test", "c.test"] is kept
PREFIXES=["/a","","/b"] becomes PREFIXES=["/a",,"/b"]
FLAGS=-Wl,"-z now",--as-needed becomes FLAGS=-Wl,-z now,--as-needed
5 lines, 5 values
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
