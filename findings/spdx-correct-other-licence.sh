#!/usr/bin/env bash
# Names of licences as people write them, made into SPDX expressions by spdx-correct 3.2.0 with
# the list of spdx-license-ids 3.0.24.
#
# Expected: a name that is misspelt is corrected, and one that is no licence of SPDX's list is null, as the package's
# page has it ("No idea what license").
# Seen: a name that is not known as a whole is searched for parts that are. What grants nothing becomes what grants
# all: UNLICENSED, which is npm's own word for "no licence", is the Unlicense. BSL 1.1 (Business Source) is Boost's
# licence, EUPL is Oracle's UPL, four clauses of BSD are two, "AGPLv3 only" is "or later". Of "MIT and BSD" or
# "MIT/Apache-2.0" one is left. A condition behind the name is dropped. Each result is a valid expression.
# Why it bites: checks of licences put it in front of a strict parser, and a bill of materials keeps its answer. A
# package that nobody may use, or not for money, passes the list of what is allowed.
set -euo pipefail

VERSION=3.2.0 LIST=3.0.24
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$WORK" "spdx-correct@$VERSION" "spdx-license-ids@$LIST" >/dev/null 2>&1
cat >correct.cjs <<'JS'
const correct = require("spdx-correct")
const names = ["Apache 2", "Proprietary", "UNLICENSED", "BSL 1.1", "EUPL", "4-clause BSD", "AGPLv3 only", "MIT and BSD",
  "MIT/Apache-2.0", "Apache 2.0 with Commons Clause", "MIT (non-commercial)", "not MIT"]
for (const name of names) console.log(`${name}: ${correct(name)}`)
JS
node correct.cjs | tee seen
cat >expected <<'END'
Apache 2: Apache-2.0
Proprietary: null
UNLICENSED: Unlicense
BSL 1.1: BSL-1.0
EUPL: UPL-1.0
4-clause BSD: BSD-2-Clause
AGPLv3 only: AGPL-3.0-or-later
MIT and BSD: BSD-2-Clause
MIT/Apache-2.0: Apache-2.0
Apache 2.0 with Commons Clause: Apache-2.0
MIT (non-commercial): MIT
not MIT: MIT
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
