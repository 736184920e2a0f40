#!/usr/bin/env bash
# A Dockerfile with here-documents and two directives, read by docker-file-parser 1.0.7 and dockerfile-ast 0.7.1.
#
# Expected: two parsers of the same format name the same instructions, and the base image is the one that
# Docker takes.
# Seen: docker-file-parser takes the lines of a here-document for instructions, so that there is a second
# FROM, and a line that ends the document is an instruction too. It reads the directive `escape` in the first
# line only; behind `# syntax=` it is lost and continued lines fall apart. No error in either case.
# dockerfile-ast reads both right, but gives a here-document's words as further arguments.
# Why it bites: a check of the base image ("which FROM does it name") is answered by text that somebody
# writes into a file of the image.
set -euo pipefail

FILE_PARSER=1.0.7 AST=0.7.1
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
npm install --silent --no-audit --no-fund --prefix "$WORK" "docker-file-parser@$FILE_PARSER" "dockerfile-ast@$AST" >/dev/null
cat >parse.cjs <<'JS'
const parser = require("docker-file-parser"), { DockerfileParser } = require("dockerfile-ast")
const texts = {
  "here-document": "FROM base:1\nCOPY <<EOF /notes/Dockerfile\nFROM other:2\nUSER somebody\nEOF\nUSER app\n",
  directives: "# syntax=docker/dockerfile:1\n# escape=`\nFROM base:1\nRUN one `\n  two\n",
}
for (const [name, text] of Object.entries(texts)) {
  console.log(`docker-file-parser, ${name}: ${parser.parse(text).map((line) => line.name).join(" ")}`)
  console.log(`dockerfile-ast, ${name}: ${DockerfileParser.parse(text).getInstructions()
    .map((line) => line.getInstruction()).join(" ")}`)
}
const copy = DockerfileParser.parse(texts["here-document"]).getCOPYs()[0]
console.log(`dockerfile-ast, arguments of COPY: ${copy.getArguments().map((word) => word.getValue()).join(" ")}`)
JS
node parse.cjs | tee seen
cat >expected <<'END'
docker-file-parser, here-document: FROM COPY FROM USER EOF USER
dockerfile-ast, here-document: FROM COPY USER
docker-file-parser, directives: FROM RUN TWO
dockerfile-ast, directives: FROM RUN
dockerfile-ast, arguments of COPY: <<EOF /notes/Dockerfile FROM other:2 USER somebody EOF
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
