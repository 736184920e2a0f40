# What the trees of tests/lib/git_trees/*.lua are made with: sourced by each, in an empty directory.
# shellcheck shell=sh
# shellcheck disable=SC2119,SC2120 # the arguments are for the trees
set -eu
mkdir -p home
export HOME="$PWD/home"
cat >home/.gitconfig <<'END'
[user]
	name = A
	email = a@localhost
[protocol "file"]
	allow = always
[init]
	defaultBranch = main
[advice]
	detachedHead = false
END

# new [OPTIONS]: an empty repository in r, which becomes the current directory.
new() { git init -q -b main "$@" r && cd r; }

# w PATH [TEXT]: writes a file.
w() {
  mkdir -p "$(dirname "./$1")"
  printf '%s\n' "${2-$1}" >"./$1"
}

# save [WORDS]: commits all.
save() { git add -A && git commit -q --allow-empty -m "${1-save}"; }

# up COMMANDS: the branch "target": HEAD and a commit of what the commands do, ignored files too.
up() {
  git clone -q . ../up
  (cd ../up && eval "$1" && git add -Af . && git commit -q --allow-empty -m up)
  git fetch -q ../up HEAD:refs/heads/target
}

# plain: the start of most trees.
plain() {
  new
  w a.txt && w d/b.txt && w d/e/c.txt
  save
}

# old: all files as a restored cache has them, with other times than the index knows.
old() { find . -path ./.git -prune -o -type f -exec touch -h -d "2001-02-03 04:05:06" {} +; }
