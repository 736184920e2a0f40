#!/usr/bin/env bash
# An exception of a nested .gitignore that undoes a rule of another ignore file: libgit2 1.8.4 beside git.
#
# Expected: with `*.log` in the root's .gitignore and `!keep.log` in d/.gitignore, d/keep.log is untracked,
# as git says.
# Seen: libgit2 calls it ignored, and so it does for a rule of .git/info/exclude. An exception without a
# wildcard is thrown away where its own file holds no rule that it undoes; `!*.log` in the same place works.
# And a rule for a directory (`cache/`) holds for a symbolic link to one, which git calls untracked.
# Why it bites: a tool on libgit2 calls the tree clean, leaves the file out of what it packs, and a checkout
# that spares untracked files overwrites it, for ignored files may be overwritten.
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
LIB=$(dirname "$(find "$PWD/root" -name 'libgit2.so.1.8*' | head -n 1)")

cat >ignored.c <<'C'
#include <git2.h>
#include <stdio.h>
int main(int argc, char **argv) {
  git_repository *repository = NULL;
  git_libgit2_init();
  if (git_repository_open(&repository, ".") < 0) return 2;
  for (int i = 1; i < argc; i++) {
    unsigned flags = 0;
    if (git_status_file(&flags, repository, argv[i]) < 0) return 3;
    printf("libgit2: %s is %s\n", argv[i],
           flags & GIT_STATUS_IGNORED ? "ignored" : flags & GIT_STATUS_WT_NEW ? "untracked" : "else");
  }
  git_repository_free(repository);
  return 0;
}
C
gcc -I "$WORK/root/usr/include" ignored.c -o ignored -L "$LIB" -l:"$(basename "$(readlink -f "$LIB/libgit2.so.1.8")")" \
  -Wl,-rpath,"$LIB" -Wl,--allow-shlib-undefined

git init -q tree && cd tree
mkdir d w e real
echo '*.log' >.gitignore && echo 'cache/' >>.gitignore
echo '!keep.log' >d/.gitignore
echo '!*.log' >w/.gitignore
echo '*.tmp' >.git/info/exclude && echo '!keep.tmp' >e/.gitignore
touch d/keep.log w/keep.log e/keep.tmp && ln -s real cache
PATHS=(d/keep.log w/keep.log e/keep.tmp cache)
{
  for path in "${PATHS[@]}"; do
    echo "git: $path is $(git status --porcelain -uall --ignored -- "$path" | sed 's/^??.*/untracked/; s/^!!.*/ignored/')"
  done
  LD_LIBRARY_PATH=$LIB ../ignored "${PATHS[@]}"
} | tee ../seen
cd ..
cat >expected <<'END'
git: d/keep.log is untracked
git: w/keep.log is untracked
git: e/keep.tmp is untracked
git: cache is untracked
libgit2: d/keep.log is ignored
libgit2: w/keep.log is untracked
libgit2: e/keep.tmp is ignored
libgit2: cache is ignored
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
