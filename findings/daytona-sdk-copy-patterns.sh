#!/usr/bin/env bash
# The files that the Daytona SDK 0.218.0 uploads for a Dockerfile: `Image.fromDockerfile`.
#
# Expected: what the COPY and ADD instructions need of the directory.
# Seen: a source with a wildcard (`COPY *.json /app/`) uploads nothing, and so does ADD of a file; a source
# that is a variable uploads the whole directory; a line of a here-document that begins with COPY is taken
# for an instruction, and its source is wanted. No call fails and none warns.
# Why it bites: `COPY package*.json ./` stands in nearly each Dockerfile of a Node program. The build then
# fails at the service, far from the cause.
set -euo pipefail

VERSION=0.218.0
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$WORK" "@daytonaio/sdk@$VERSION" >/dev/null 2>&1
mkdir src
touch package.json package-lock.json src/main.js

cat >list.cjs <<'JS'
const fs = require("fs"), { Image } = require("@daytonaio/sdk")
const instructions = ["COPY package.json ./", "COPY package*.json ./", "COPY src/*.js ./", "ADD package.json ./",
  "ARG WHAT=src\nCOPY $WHAT ./", "COPY <<EOF /notes\nCOPY other /place\nEOF"]
for (const text of instructions) {
  fs.writeFileSync("Dockerfile", `FROM scratch\n${text}\n`)
  const files = Image.fromDockerfile("Dockerfile").contextList.map((entry) => entry.archivePath)
  console.log(`${JSON.stringify(text)}: ${JSON.stringify(files)}`)
}
JS
node list.cjs | tee seen
cat >expected <<'END'
"COPY package.json ./": ["package.json"]
"COPY package*.json ./": []
"COPY src/*.js ./": []
"ADD package.json ./": []
"ARG WHAT=src\nCOPY $WHAT ./": [""]
"COPY <<EOF /notes\nCOPY other /place\nEOF": ["other"]
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
