#!/usr/bin/env bash
# The status of a sparse checkout, and of a filtered file whose stat data the index does not hold: libgit2 1.8.4
# beside git.
#
# Expected: both trees are clean, as git says.
# Seen: libgit2 tells each file that `git sparse-checkout` left out on purpose (skip-worktree) as deleted,
# and a file with a clean/smudge filter (LFS, git-crypt) as modified once it was touched or copied. `git
# status`, which writes the new stat data into the index, makes the second clean. The first stays.
# Why it bites: "is the tree clean" is what a release asks. In a checkout that CI restored from its cache
# nobody has run `git status`, and the answer is no.
set -euo pipefail

VERSION=1.8.4+ds-3~bpo12+1
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
chmod 755 .
# Debian 12 with backports; what libgit2 itself is linked with comes in the release's version.
apt-get download -qq "libgit2-1.8=$VERSION" "libgit2-dev=$VERSION" libhttp-parser2.9 libmbedcrypto7 \
  libmbedtls14 libmbedx509-1 libssh2-1 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" root; done
git --version
export HOME=$WORK GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
LIB=$(dirname "$(find "$PWD/root" -name 'libgit2.so.1.8*' | head -n 1)")

cat >changes.c <<'C'
#include <git2.h>
#include <stdio.h>
static int show(const char *path, unsigned flags, void *unused) {
  (void)unused;
  if (flags != GIT_STATUS_CURRENT && flags != GIT_STATUS_IGNORED) {
    printf(" %s %s", path, flags & GIT_STATUS_WT_DELETED ? "deleted" : flags & GIT_STATUS_WT_MODIFIED ? "modified" : "else");
  }
  return 0;
}
int main(int argc, char **argv) {
  git_repository *repository = NULL;
  git_libgit2_init();
  if (argc != 3 || git_repository_open(&repository, argv[1]) < 0) return 2;
  printf("libgit2, %s:", argv[2]);
  if (git_status_foreach(repository, show, NULL) < 0) return 3;
  printf("\n");
  git_repository_free(repository);
  return 0;
}
C
gcc -I "$WORK/root/usr/include" changes.c -o changes -L "$LIB" -l:"$(basename "$(readlink -f "$LIB/libgit2.so.1.8")")" \
  -Wl,-rpath,"$LIB" -Wl,--allow-shlib-undefined

git config --global filter.case.clean 'tr A-Z a-z'
git config --global filter.case.smudge 'tr a-z A-Z'
git init -q origin
(
  cd origin && mkdir near far && echo 1 >near/file && echo 2 >far/file
  echo '*.big filter=case' >.gitattributes && echo 'much content' >data.big
  git add . && git commit -qm one
)
git clone -q origin sparse && git -C sparse sparse-checkout set --no-sparse-index near
git clone -q origin filtered
touch -d '2020-01-01 00:00:00' filtered/data.big
{
  LD_LIBRARY_PATH=$LIB ./changes sparse "sparse checkout"
  echo "git, sparse checkout:$(git -C sparse status --porcelain)"
  LD_LIBRARY_PATH=$LIB ./changes filtered "filter"
  echo "git, filter:$(git -C filtered status --porcelain)"
  LD_LIBRARY_PATH=$LIB ./changes filtered "filter, after git status"
  LD_LIBRARY_PATH=$LIB ./changes sparse "sparse checkout, after git status"
} | tee seen
cat >expected <<'END'
libgit2, sparse checkout: far/file deleted
git, sparse checkout:
libgit2, filter: data.big modified
git, filter:
libgit2, filter, after git status:
libgit2, sparse checkout, after git status: far/file deleted
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
