#!/usr/bin/env bash
# Manual pages made from Markdown by go-md2man 2.0.2, and those of docker, podman and buildah in Debian 12, which are
# made with it. They are rendered by mandoc 1.14.6; groff's man leaves out the same lines.
#
# Expected: the page has the words of the text.
# Seen: a line of a paragraph, a list or a code block that begins with ' or . is missing: only the first line of a
# paragraph is guarded, and the others are requests to man, which it does not know. Neither program says a word. What is
# missing in the shipped pages: the meaning of all values of `docker create --cgroupns`, half a sentence of
# docker-run(1) about --attach, and the line that says which file `podman build --ignorefile` overrides.
# Why it bites: paragraphs are wrapped, and any word may come to stand first: .gitignore, '*', ./run.sh. It happens
# at some later edit, to a page that nobody reads again.
set -euo pipefail

MD2MAN=2.0.2+ds1-1 MANDOC=1.14.6-1+b1 DOCKER=20.10.24+dfsg1-1+deb12u1+b6 PODMAN=4.3.1+ds1-8+deb12u1+b3
BUILDAH=1.28.2+ds1-3+deb12u1+b3
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
chmod 755 .
apt-get download -qq "go-md2man=$MD2MAN" "mandoc=$MANDOC" "docker.io=$DOCKER" "podman=$PODMAN" "buildah=$BUILDAH" 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" root; done
render() { root/usr/bin/mandoc -T ascii -O width=300 -man "$1" 2>&1 | sed 's/.\x08//g'; }

cat >text.md <<'MD'
tool 1 "January 2026"
=====================

# FILES

The files that are read:
.toolignore in the directory, and
'default' where there is none.

* a point with
  .an option

Text before the code.

```
first
.second
'third'
```
MD
root/usr/bin/go-md2man -in text.md -out text.1
# has PAGE WORDS: whether the page's source and what is shown have the words.
has() {
  local source=$1
  case $1 in *.gz) gzip -dc "$1" >source.1 && source=source.1 ;; esac
  echo "$(basename "$1" .gz): \"$2\": source $(grep -cF -e "$2" "$source" || true), shown $(render "$source" | grep -cF -e "$2" || true)"
}
PAGES=root/usr/share/man/man1
{
  has text.1 'The files that are read'
  has text.1 '.toolignore in the directory'
  has text.1 "'default' where"
  has text.1 '.an option'
  has text.1 'first'
  has text.1 '.second'
  has text.1 "'third'"
  has $PAGES/docker-create.1.gz 'Cgroup namespace to use'
  has $PAGES/docker-create.1.gz "'private': Run the container"
  has $PAGES/docker-run.1.gz 'You can specify to which of the three'
  has $PAGES/podman-build.1.gz '.containerignore path location.'
  has $PAGES/buildah-build.1.gz 'to identify files/directories to exclude'
} | tee seen
cat >expected <<'END'
text.1: "The files that are read": source 1, shown 1
text.1: ".toolignore in the directory": source 1, shown 0
text.1: "'default' where": source 1, shown 0
text.1: ".an option": source 1, shown 0
text.1: "first": source 1, shown 1
text.1: ".second": source 1, shown 0
text.1: "'third'": source 1, shown 0
docker-create.1: "Cgroup namespace to use": source 1, shown 1
docker-create.1: "'private': Run the container": source 1, shown 0
docker-run.1: "You can specify to which of the three": source 1, shown 0
podman-build.1: ".containerignore path location.": source 1, shown 0
buildah-build.1: "to identify files/directories to exclude": source 1, shown 0
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
