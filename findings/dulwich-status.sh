#!/usr/bin/env bash
# The status of four trees: dulwich 0.21.2 (Python) beside git.
#
# Expected: `porcelain.status` tells what `git status` tells.
# Seen: it errs both ways. Two clean trees have changes: a file that .gitattributes checks out with CRLF is
# modified, and a committed symbolic link whose target is not there is untracked. Two changes are not told:
# a file that became executable, and a repository that lies untracked in the tree.
# Why it bites: "is the tree clean" guards a release. Here it stops on a tree that is clean, and lets one pass
# whose script has another mode than the commit.
set -euo pipefail

DULWICH=0.21.2-1+b1 PYTHON=3.11.2-6+deb12u8 URLLIB3=1.26.12-1+deb12u4 SIX=1.16.0-4
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
chmod 755 .
apt-get download -qq "python3-dulwich=$DULWICH" "python3-urllib3=$URLLIB3" "python3-six=$SIX" "python3.11-minimal=$PYTHON" \
  "libpython3.11-minimal=$PYTHON" "libpython3.11-stdlib=$PYTHON" 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" root; done
git --version
export HOME=$WORK GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org

for name in eol link mode nested; do git init -q $name; done
(cd eol && echo '*.bat text eol=crlf' >.gitattributes && printf 'one\r\n' >run.bat && git add . && git commit -qm one)
(cd link && ln -s not-there link && git add . && git commit -qm one)
(cd mode && echo one >run.sh && git add . && git commit -qm one && chmod +x run.sh)
(cd nested && git init -q inner && echo one >inner/file)
cat >status.py <<'PY'
import sys
from dulwich import porcelain
for name in sys.argv[1:]:
    status = porcelain.status(name)
    modified = [path.decode() for path in status.unstaged]
    print(f"dulwich, {name}: modified {modified}, untracked {status.untracked}, staged {sum(map(len, status.staged.values()))}")
PY
{
  for name in eol link mode nested; do echo "git, $name: [$(git -C $name status --porcelain)]"; done
  PYTHONHOME=$WORK/root/usr PYTHONPATH=$WORK/root/usr/lib/python3/dist-packages \
    root/usr/bin/python3.11 status.py eol link mode nested
} | tee seen
cat >expected <<'END'
git, eol: []
git, link: []
git, mode: [ M run.sh]
git, nested: [?? inner/]
dulwich, eol: modified ['run.bat'], untracked [], staged 0
dulwich, link: modified [], untracked ['link'], staged 0
dulwich, mode: modified [], untracked [], staged 0
dulwich, nested: modified [], untracked [], staged 0
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
