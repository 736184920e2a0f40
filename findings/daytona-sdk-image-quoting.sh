#!/usr/bin/env bash
# Commands and values given to the image builder of the Daytona SDK 0.218.0, and the Dockerfile that it writes.
#
# Expected: `cmd` and `entrypoint` write each argument as JSON, which is what the exec form is; `runCommands` with
# a list runs those arguments; `env` keeps the value.
# Seen: cmd and entrypoint put arguments between quotes as they stand. A `"` in one makes the list no JSON, and
# Docker then takes the whole line, brackets and all, for a shell's command; `\n` in one becomes a line feed.
# In runCommands with a list, the shell still replaces $VARIABLE, and it's arrives as it\'s. A value of two
# lines in env is written as two lines, whose second one Docker takes for an instruction. No call fails.
# Why it bites: `cmd(["sh", "-c", 'echo "ready"'])` builds, and the machine's start ends with 127, since there is
# no command "[sh,". A certificate as a value of the environment makes a Dockerfile that cannot be built.
set -euo pipefail

VERSION=0.218.0 AST=0.7.1
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$WORK" "@daytonaio/sdk@$VERSION" \
  "dockerfile-ast@$AST" >/dev/null 2>&1
cat >write.cjs <<'JS'
const { execFileSync, spawnSync } = require("child_process")
const { Image } = require("@daytonaio/sdk"), { DockerfileParser } = require("dockerfile-ast")
const base = () => Image.base("debian:12")
const show = JSON.stringify
// What stands behind the instruction's name in the last instruction of the file.
const written = (image) => image.dockerfile.trim().split("\n").slice(1).join("\n").replace(/^\w+ /, "")

for (const list of [["sh", "-c", "echo ready"], ["sh", "-c", 'echo "ready"'], ["printf", "a\\n"]]) {
  const text = written(base().cmd(list))
  let read
  try { read = show(JSON.parse(text)) } catch { read = `no JSON; as a shell's command it ends with ${spawnSync("sh", ["-c", text]).status}` }
  console.log(`cmd(${show(list)}): CMD ${text}, read as ${read}`)
}
for (const list of [["printf", "%s", "two words"], ["printf", "%s", "it's"], ["printf", "%s", "$WHO"]]) {
  const text = written(base().runCommands(list))
  console.log(`runCommands(${show(list)}): RUN ${text}, sh prints ${execFileSync("sh", ["-c", text], { env: { WHO: "me" } })}`)
}
for (const value of ["one", "one\ntwo"]) {
  const names = DockerfileParser.parse(base().env({ KEY: value }).dockerfile).getInstructions()
    .map((line) => line.getInstruction())
  console.log(`env(${show({ KEY: value })}): instructions ${names.join(" ")}`)
}
JS
node write.cjs | tee seen
cat >expected <<'END'
cmd(["sh","-c","echo ready"]): CMD ["sh", "-c", "echo ready"], read as ["sh","-c","echo ready"]
cmd(["sh","-c","echo \"ready\""]): CMD ["sh", "-c", "echo "ready""], read as no JSON; as a shell's command it ends with 127
cmd(["printf","a\\n"]): CMD ["printf", "a\n"], read as ["printf","a\n"]
runCommands(["printf","%s","two words"]): RUN "printf" "%s" "two words", sh prints two words
runCommands(["printf","%s","it's"]): RUN "printf" "%s" "it\'s", sh prints it\'s
runCommands(["printf","%s","$WHO"]): RUN "printf" "%s" "$WHO", sh prints me
env({"KEY":"one"}): instructions FROM ENV
env({"KEY":"one\ntwo"}): instructions FROM ENV two'
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
