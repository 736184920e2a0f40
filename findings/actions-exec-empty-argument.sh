#!/usr/bin/env bash
# A command line given as one string to @actions/exec 3.0.0, beside sh.
#
# Expected: words in quotes are arguments, and an empty word in quotes is an empty argument.
# Seen: "" is no argument at all, so that the next word takes its place. Single quotes are letters, and a tab
# does not part words. No error.
# Why it bites: `docker run --entrypoint "" IMAGE COMMAND` runs IMAGE's name as a program in an image called
# COMMAND; `git commit --message "" --allow-empty-message` takes the option for the message. The call that
# has the arguments in an array is right.
set -euo pipefail

VERSION=3.0.0
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
npm install --silent --no-audit --no-fund --prefix "$WORK" "@actions/exec@$VERSION" >/dev/null
cat >show.cjs <<'JS'
console.log(JSON.stringify(process.argv.slice(2)))
JS
cat >run.mjs <<'JS'
import { getExecOutput } from "@actions/exec"
const [, , line, ...list] = process.argv
const { stdout } = await getExecOutput(line, list, { silent: true })
process.stdout.write(stdout)
JS
LINES_TO_TRY=('--entrypoint "" image command' '--message "two words"' "--message 'two words'" $'one\ttwo' '"a""b" c')
{
  for line in "${LINES_TO_TRY[@]}"; do
    echo "$line"
    echo "  sh:            $(sh -c "node show.cjs $line" 2>/dev/null)"
    echo "  @actions/exec: $(node run.mjs "node show.cjs $line" 2>/dev/null)"
  done
  echo "as an array: $(node run.mjs node show.cjs --entrypoint '' image command)"
} | tee seen
cat >expected <<'END'
--entrypoint "" image command
  sh:            ["--entrypoint","","image","command"]
  @actions/exec: ["--entrypoint","image","command"]
--message "two words"
  sh:            ["--message","two words"]
  @actions/exec: ["--message","two words"]
--message 'two words'
  sh:            ["--message","two words"]
  @actions/exec: ["--message","'two","words'"]
one	two
  sh:            ["one","two"]
  @actions/exec: ["one\ttwo"]
"a""b" c
  sh:            ["ab","c"]
  @actions/exec: ["ab","c"]
as an array: ["--entrypoint","","image","command"]
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
