#!/usr/bin/env bash
# A Lua table with a field called n, encoded by dkjson 2.6 beside lua-cjson 2.1.0.
#
# Expected: {n = 3} is the object {"n":3}, as any table whose keys are names is an object.
# Seen: dkjson takes a number under `n` for a length, which is how table.pack leaves it. {n = 3} is the list
# [null,null,null], {n = 0} is [], and {n = 1.5} is [null,] which is no JSON. What dkjson itself decoded from
# {"n":3} comes out as that list as well, though the table is marked as an object. A second name beside it
# makes an object of it again.
# Why it bites: counts by name, labels of a histogram or the letters of a word have such a table now and then.
# The receiver gets a list where it wants an object, from code that is right for each other name.
set -euo pipefail

DKJSON=2.6-2 CJSON=2.1.0+dfsg-2.2 LUA=5.4.4-3+deb12u1
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"
chmod 755 .
apt-get download -qq "lua-dkjson=$DKJSON" "lua-cjson=$CJSON" "lua5.4=$LUA" 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" root; done
cat >encode.lua <<'LUA'
local dkjson, cjson = require("dkjson"), require("cjson")
local two = setmetatable({ n = 3, m = "x" }, { __jsonorder = { "m", "n" } })
for _, case in ipairs({
  { "{m = 3}", { m = 3 } }, { "{n = 3}", { n = 3 } }, { "{n = 0}", { n = 0 } }, { "{n = 1.5}", { n = 1.5 } },
  { '{n = 3, m = "x"}', two }, { 'decode(\'{"n":3}\')', dkjson.decode('{"n":3}') },
}) do
  -- The order of an object's names is not what this is about: cjson's is left to chance.
  local text = dkjson.encode(case[2])
  print(("%s: dkjson %s%s, cjson gives an object: %s"):format(case[1], text,
    pcall(cjson.decode, text) and "" or " (not JSON)", cjson.encode(case[2]):find("^{") and "yes" or "no"))
end
LUA
LUA_PATH="$WORK/root/usr/share/lua/5.4/?.lua" LUA_CPATH="$(echo root/usr/lib/*/lua/5.4)/?.so" \
  root/usr/bin/lua5.4 encode.lua | tee seen
cat >expected <<'END'
{m = 3}: dkjson {"m":3}, cjson gives an object: yes
{n = 3}: dkjson [null,null,null], cjson gives an object: yes
{n = 0}: dkjson [], cjson gives an object: yes
{n = 1.5}: dkjson [null,] (not JSON), cjson gives an object: yes
{n = 3, m = "x"}: dkjson {"m":"x","n":3}, cjson gives an object: yes
decode('{"n":3}'): dkjson [null,null,null], cjson gives an object: yes
END
diff expected seen || { echo "the behaviour has changed"; exit 1; }
