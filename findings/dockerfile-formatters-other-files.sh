#!/usr/bin/env bash
# Instructions of a Dockerfile behind three formatters: @reteps/dockerfmt 0.5.4, @dprint/dockerfile 0.6.0 (with
# @dprint/formatter 0.5.1) and dockerfile-utils 0.16.3 with dockerfile-ast 0.7.1.
#
# Expected: other white space between the words, and the same instructions, values and files.
# Seen: dockerfmt takes COPY's list of JSON for words, so that the blank of a name parts two sources. Of two
# here-documents in one instruction it throws the second away. The text of a here-document of RUN is formatted as a
# shell's, whichever program reads it: a Makefile loses its tabs, YAML its nesting. `ENV NAME two words` gets an = and
# no quotes, which Docker refuses. Inside quotes, dockerfmt and dockerfile-utils indent a continued line, which puts
# the blanks into the value, or takes them out. dprint keeps all of these. No error from any of them.
# Why it bites: a formatter is run over all files at once, and nobody reads a difference of white space. COPY and ENV
# fail in the next build. The others build, and the image has other files and values.
set -euo pipefail

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
npm install --silent --no-audit --no-fund --prefix "$WORK" @reteps/dockerfmt@0.5.4 @dprint/dockerfile@0.6.0 \
  @dprint/formatter@0.5.1 dockerfile-utils@0.16.3 dockerfile-ast@0.7.1 \
  vscode-languageserver-textdocument@1.0.14 >/dev/null

cat >format.mjs <<'JS'
import { createRequire } from "module"
import { readFileSync } from "fs"
import { formatDockerfileContents } from "@reteps/dockerfmt"
const require = createRequire(import.meta.url)
const dprint = require("@dprint/formatter").createFromBuffer(readFileSync(require("@dprint/dockerfile").getPath()))
const utils = require("dockerfile-utils")
const { TextDocument } = require("vscode-languageserver-textdocument")
const formatters = {
  dockerfmt: (text) => formatDockerfileContents(text, { indent: 2, trailingNewline: true, spaceRedirects: false }),
  dprint: (text) => dprint.formatText({ filePath: "Dockerfile", fileText: text }),
  "dockerfile-utils": (text) => TextDocument.applyEdits(
    TextDocument.create("file:///Dockerfile", "dockerfile", 1, text),
    utils.format(text, { insertSpaces: true, tabSize: 2 })),
}
const instructions = [
  `COPY ["my notes", "/srv/"]`,
  `COPY <<ONE <<TWO /srv/\nfirst\nONE\nsecond\nTWO`,
  `RUN cat >Makefile <<END\nall:\n\techo built\nEND`,
  `RUN tee /etc/app.yaml <<END\nserver:\n  port: 80\nEND`,
  `ENV GREETING good morning`,
  `LABEL note="one \\\ntwo"`,
  `RUN echo "one \\\n      two"`,
]
const head = "FROM debian:12\n"
for (const instruction of instructions) {
  console.log(JSON.stringify(instruction))
  for (const [name, format] of Object.entries(formatters)) {
    const after = (await format(`${head}${instruction}\n`)).slice(head.length).trimEnd()
    console.log(`  ${name}: ${after === instruction ? "the same" : JSON.stringify(after)}`)
  }
}
process.exit()
JS
node format.mjs | tee seen
cat >expected <<'END'
"COPY [\"my notes\", \"/srv/\"]"
  dockerfmt: "COPY my notes /srv/"
  dprint: the same
  dockerfile-utils: the same
"COPY <<ONE <<TWO /srv/\nfirst\nONE\nsecond\nTWO"
  dockerfmt: "COPY <<ONE <<TWO /srv/\nfirst\nONE"
  dprint: the same
  dockerfile-utils: the same
"RUN cat >Makefile <<END\nall:\n\techo built\nEND"
  dockerfmt: "RUN cat >Makefile <<END\nall:\necho built\nEND"
  dprint: the same
  dockerfile-utils: the same
"RUN tee /etc/app.yaml <<END\nserver:\n  port: 80\nEND"
  dockerfmt: "RUN tee /etc/app.yaml <<END\nserver:\nport: 80\nEND"
  dprint: the same
  dockerfile-utils: the same
"ENV GREETING good morning"
  dockerfmt: "ENV GREETING=good morning"
  dprint: "ENV GREETING=\"good morning\""
  dockerfile-utils: the same
"LABEL note=\"one \\\ntwo\""
  dockerfmt: "LABEL note=\"one \\\n  two\""
  dprint: the same
  dockerfile-utils: "LABEL note=\"one \\\n  two\""
"RUN echo \"one \\\n      two\""
  dockerfmt: the same
  dprint: the same
  dockerfile-utils: "RUN echo \"one \\\n  two\""
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
