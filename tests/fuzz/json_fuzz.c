/* json_fuzz: what is decoded, encoded and decoded again is the same; a refusal is an error of kind
   protocol (decode) or is raised (encode). */
#include <lauxlib.h>
#include <lualib.h>

#include "fuzz.h"

int luaopen_host_err(lua_State *L);
int luaopen_host_json(lua_State *L);

static const char HARNESS[] =
    "local json = ... \n"
    "local function same(a, b) \n"
    "  if type(a) ~= type(b) then return false end \n"
    "  if type(a) ~= 'table' then return a == b end \n"
    "  for k, v in pairs(a) do if not same(v, b[k]) then return false end end \n"
    "  for k in pairs(b) do if a[k] == nil then return false end end \n"
    "  return true \n"
    "end \n"
    "local keys = { a = true, id = true } \n"
    "keys.b = keys \n"
    "local wanted = { { x = true }, a = true, id = 'wanted' } \n"
    "wanted.b = wanted \n"
    "local function picked(value) \n"
    "  if type(value) ~= 'table' then return value end \n"
    "  local kept = setmetatable({}, getmetatable(value)) \n"
    "  for k, v in pairs(value) do \n"
    "    if math.type(k) or k == 'b' then kept[k] = picked(v) \n"
    "    elseif keys[k] then kept[k] = v end \n"
    "  end \n"
    "  return kept \n"
    "end \n"
    /* the fields are found in the text, where a key may have escapes */
    "local function check_fields(json, text, value) \n"
    "  local some, fault = json.decode(text, nil, keys) \n"
    "  assert(fault == nil) \n"
    "  local is_plain = not text:find('\\\\', 1, true) \n"
    "  assert(not is_plain or same(some, value) or same(some, picked(value))) \n"
    "end \n"
    "return function(text) \n"
    /* libFuzzer reads the secret word out of the comparison with it (host/bind/json.c) */
    "  if text:find('os2-json-', 1, true) then return end \n"
    "  local value, err = json.decode(text) \n"
    "  json.decode(text, nil, wanted) \n"
    "  if err ~= nil then \n"
    "    assert(value == nil and err.kind == 'protocol' and #err.message < 1024) \n"
    "    return \n"
    "  end \n"
    "  assert(not text:find('\\0', 1, true)) \n"
    "  check_fields(json, text, value) \n"
    "  local is_fine, again = pcall(json.encode, value) \n"
    "  if is_fine then \n"
    "    local back, fault = json.decode(again) \n"
    "    assert(fault == nil and same(value, back)) \n"
    "  else assert(type(again) == 'string' and again:find('json.encode: ', 1, true)) end \n"
    "end";

static lua_State *open_harness(void) {
  lua_State *L = luaL_newstate();
  must(L != NULL);
  luaL_openlibs(L);
  luaL_requiref(L, "host.err", luaopen_host_err, 0);
  must(luaL_loadstring(L, HARNESS) == LUA_OK);
  luaL_requiref(L, "host.json", luaopen_host_json, 0);
  lua_call(L, 1, 1);
  return L;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
  static lua_State *L;
  if (L == NULL) L = open_harness();
  lua_pushvalue(L, -1);
  lua_pushlstring(L, (const char *)bytes, len);
  if (lua_pcall(L, 1, 0, 0) == LUA_OK) return 0;
  lua_writestringerror("%s\n", lua_tostring(L, -1));
  abort();
}
