#!/usr/bin/env bash
# Pairs of Debian versions, ordered by deb-version-compare 1.2.1 (npm) and by dpkg 1.21.23.
#
# Expected: the order that Debian's policy describes, on which the package's own page rests; and turned round, a
# pair has the opposite result.
# Seen: a version without a revision is equal to each revision of it, but only when it is the first of the two.
# Numbers with leading zeros are each lower than the other, so that 1.02 < 1.2 and 1.2 < 1.02. A revision of zero
# is more than none, which for dpkg is the same. Sorting a list depends on the order it had before.
# Why it bites: "is 1.0 at least 1.0-1" is what asks whether a fix is installed, and a version of one's own without
# a revision counts as fixed. Dates as versions (2026.02) and zeros in front are common upstream.
set -euo pipefail

VERSION=1.2.1 DPKG=1.21.23
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
chmod 755 .
apt-get download -qq "dpkg=$DPKG" 2>/dev/null
dpkg -x ./*.deb root
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$WORK" "deb-version-compare@$VERSION" >/dev/null 2>&1
cat >compare.cjs <<'JS'
const compare = require("deb-version-compare")
const [a, b] = process.argv.slice(2)
console.log(`npm ${compare(a, b)}, turned round ${compare(b, a)}`)
JS
order() {
  if root/usr/bin/dpkg --compare-versions "$1" lt "$2"; then echo -1
  elif root/usr/bin/dpkg --compare-versions "$1" gt "$2"; then echo 1
  else echo 0; fi
}
while read -r a b; do
  echo "$a $b: dpkg $(order "$a" "$b"), $(node compare.cjs "$a" "$b")"
done <<'END' | tee seen
1.0-1 1.0-2
1.0~rc1 1.0
1:1.0 2.0
1.0 1.0-1
1.0 1.0-1+deb12u1
2026.02 2026.2
1.02-1 1.2-2
1.0 1.0-0
END
cat >expected <<'END'
1.0-1 1.0-2: dpkg -1, npm -1, turned round 1
1.0~rc1 1.0: dpkg -1, npm -1, turned round 1
1:1.0 2.0: dpkg 1, npm 1, turned round -1
1.0 1.0-1: dpkg -1, npm 0, turned round 1
1.0 1.0-1+deb12u1: dpkg -1, npm 0, turned round 1
2026.02 2026.2: dpkg 0, npm -1, turned round -1
1.02-1 1.2-2: dpkg -1, npm -1, turned round -1
1.0 1.0-0: dpkg 0, npm 0, turned round 1
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
