#!/usr/bin/env bash
# `CI=true pnpm install` with a lock file of another version: pnpm 10.34.9.
#
# Expected: CI means --frozen-lockfile (pnpm's own documentation), so that an install which cannot hold to
# the lock file ends with an error; and it does where the lock file's specifiers are out of date.
# Seen: a lock file whose version pnpm does not take (5.4, 6.0, one of the future), or one that is broken, is
# "ignored": exit 0, the newest versions are resolved from the registry, and the file is written anew.
# With --frozen-lockfile said aloud, each of them is an error.
# Why it bites: a runner whose pnpm is newer than the repository's installs what nobody ever tested, and is green.
set -euo pipefail

VERSION=10.34.9
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
npm install --silent --no-audit --no-fund --prefix "$WORK" "pnpm@$VERSION" >/dev/null
export CI=true HOME=$WORK
pnpm() { "$WORK/node_modules/.bin/pnpm" "$@"; }
mkdir project && cd project
# The lock file holds to 3.0.0; the newest version that the manifest allows is 3.0.1.
echo '{"name":"p","version":"1.0.0","dependencies":{"is-odd":"3.0.0"}}' >package.json
pnpm install --silent
sed -i 's/"3.0.0"/"^3.0.0"/' package.json
sed -i 's/specifier: 3.0.0/specifier: ^3.0.0/' pnpm-lock.yaml
cp pnpm-lock.yaml locked.yaml

# try LABEL LOCKFILE_TEXT [OPTION]
try() {
  local code=0
  rm -rf node_modules
  printf '%s\n' "$2" >pnpm-lock.yaml
  pnpm install ${3:+"$3"} >output 2>&1 || code=$?
  echo "$1${3:+ $3}: exit $code, is-odd $(sed -n 's/.*"version": "\(.*\)".*/\1/p' node_modules/is-odd/package.json 2>/dev/null || true)"
}
{
  try "same version" "$(cat locked.yaml)"
  for version in 5.4 6.0 10.0; do
    text=$(sed "s/^lockfileVersion.*/lockfileVersion: '$version'/" locked.yaml)
    try "version $version" "$text"
    try "version $version" "$text" --frozen-lockfile
  done
  try "broken" "importers: ["
} | tee seen
cat >expected <<'END'
same version: exit 0, is-odd 3.0.0
version 5.4: exit 0, is-odd 3.0.1
version 5.4 --frozen-lockfile: exit 1, is-odd 
version 6.0: exit 0, is-odd 3.0.1
version 6.0 --frozen-lockfile: exit 1, is-odd 
version 10.0: exit 0, is-odd 3.0.1
version 10.0 --frozen-lockfile: exit 1, is-odd 
broken: exit 0, is-odd 3.0.1
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
