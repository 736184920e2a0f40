#!/usr/bin/env bash
# Completions that argparse 0.7.1 (Lua) writes for one program, in bash, zsh and fish.
#
# Expected: the three offer the same words.
# Seen: the choices of a positional argument stand in zsh's script only. fish offers the options of `list`
# behind `listall` as well, since it asks whether the command begins with those letters. bash takes the value
# of an option for a command when they are the same word (`tool --place snapshot`): it offers what is below it.
# Why it bites: completions are tried in the author's own shell, and shipped for three.
set -euo pipefail

VERSION=0.7.1-2 FISH=3.6.0-3.1+deb12u1
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
chmod 755 .
apt-get download -qq "lua-argparse=$VERSION" "fish=$FISH" "fish-common=$FISH" lua5.4 liblua5.4-0 libpcre2-32-0 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" root; done
export LUA_PATH="$WORK/root/usr/share/lua/5.4/?.lua" LD_LIBRARY_PATH=$WORK/root/usr/lib/x86_64-linux-gnu
cat >tool.lua <<'LUA'
local parser = require("argparse")("tool", "A tool.")
parser:option("--place", "Where.")
local snapshot = parser:command("snapshot", "Snapshots.")
local list = snapshot:command("list", "Lists.")
list:option("--first", "How many.")
list:argument("state", "Which."):choices({ "active", "inactive" })
snapshot:command("listall", "Lists all.")
print(parser["get_" .. arg[1] .. "_complete"](parser))
LUA
for shell in bash zsh fish; do root/usr/bin/lua5.4 tool.lua "$shell" >"$shell.completion"; done

# in_bash WORD…: what bash offers for the last word.
in_bash() {
  bash -c 'source bash.completion; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tool; echo "${COMPREPLY[*]}"' - "$@"
}
in_fish() {
  HOME=$WORK root/usr/bin/fish --no-config -c "source fish.completion; complete -C '$1'" | cut -f 1 | sort | xargs
}
{
  echo "choices of an argument: bash $(grep -c inactive bash.completion || true), zsh $(grep -c inactive zsh.completion || true), fish $(grep -c inactive fish.completion || true)"
  echo "bash, tool snapshot listall --: $(in_bash tool snapshot listall --)"
  echo "fish, tool snapshot listall --: $(in_fish 'tool snapshot listall --')"
  echo "bash, tool --place snapshot <tab>: $(in_bash tool --place snapshot '')"
} | tee seen
cat >expected <<'END'
choices of an argument: bash 0, zsh 1, fish 0
bash, tool snapshot listall --: --help --place --help --help
fish, tool snapshot listall --: --first --help --place
bash, tool --place snapshot <tab>: list listall
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
