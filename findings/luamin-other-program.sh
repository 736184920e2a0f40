#!/usr/bin/env bash
# Lua programs made shorter by luamin 1.0.4, and run by Lua 5.4 before and after.
#
# Expected: the shorter program does what the longer one does; names of locals and white space are what differs.
# Seen: parentheses go where they have a meaning. Those of `7*(5//2)` go since * and // rank alike, and 14 becomes 17.
# Those around a call or `...`, which take the first value of several, go as well. `[ [[key]] ]` loses the
# blanks that keep it from being a long string, and is no Lua any more. A local called _ENV gets another name, so
# that the globals behind it are the real ones again. No error from luamin for any of them.
# Why it bites: `tonumber((text:gsub(",", "")))` is what one writes to drop the second value of gsub; shortened, the
# count is taken for the base of the number. The tests of the program pass, and what is shipped was never run.
set -euo pipefail

VERSION=1.0.4 LUA=5.4.4-3+deb12u1
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
chmod 755 .
apt-get download -qq "lua5.4=$LUA" "liblua5.4-0=$LUA" 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" root; done
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$WORK" "luamin@$VERSION" >/dev/null 2>&1
lua() { LD_LIBRARY_PATH=$WORK/root/usr/lib/x86_64-linux-gnu root/usr/bin/lua5.4 "$1" 2>&1 | sed 's/^.*: //; /^stack/,$d'; }

# tell LINE: what it prints, how luamin writes it, and what it prints then.
tell() {
  echo "$1" >long.lua
  node -e 'process.stdout.write(require("luamin").minify(require("fs").readFileSync("long.lua", "utf8")))' >short.lua
  echo "$1: $(lua long.lua)"
  echo "  $(cat short.lua): $(lua short.lua)"
}
{
  tell 'print(7*(5//2), 24//(3*2))'
  tell 'print(tonumber((("1,500"):gsub(",", ""))))'
  tell 'local function first(...) return (...) end print(first("a", "b"))'
  tell 'print(#{ [ [[key]] ] = 1 })'
  tell 'local print, _ENV = print, { limit = 5 } print(limit)'
} | tee seen
cat >expected <<'END'
print(7*(5//2), 24//(3*2)): 14	4
  print(7*5//2,24//3*2): 17	16
print(tonumber((("1,500"):gsub(",", "")))): 1500
  print(tonumber(("1,500"):gsub(",",""))): bad argument #2 to 'tonumber' (base out of range)
local function first(...) return (...) end print(first("a", "b")): a
  local function a(...)return...end;print(a("a","b")): a	b
print(#{ [ [[key]] ] = 1 }): 0
  print(#{[[[key]]]=1}): '}' expected near ']'
local print, _ENV = print, { limit = 5 } print(limit): 5
  local print,a=print,{limit=5}print(limit): nil
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
