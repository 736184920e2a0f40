/* utf8_fuzz: what is decoded is encoded to the same bytes, and Lua's utf8.len has the same
   opinion. */
#include <string.h>

#include <lauxlib.h>
#include <lualib.h>

#include "core/base/utf8.h"
#include "fuzz.h"

/* A code point as UTF-8; how many bytes. */
static size_t encode(uint32_t rune, uint8_t out[4]) {
  size_t len = rune < 0x80 ? 1 : rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
  static const uint8_t first[] = {0, 0, 0xC0, 0xE0, 0xF0};
  for (size_t i = len; i-- > 1; rune >>= 6) out[i] = (uint8_t)(0x80 | (rune & 0x3F));
  out[0] = (uint8_t)(first[len] | rune);
  return len;
}

static bool decode_all(const uint8_t *bytes, size_t len) {
  bool is_valid = true;
  for (size_t at = 0, size = 0; at < len; at += size) {
    uint8_t again[4];
    uint32_t rune = os2_utf8_decode((const char *)bytes + at, len - at, &size);
    must(size >= 1 && size <= 4 && size <= len - at);
    if (rune == OS2_UTF8_INVALID && size == 1)
      is_valid = false;
    else
      must(encode(rune, again) == size && memcmp(again, bytes + at, size) == 0);
  }
  return is_valid;
}

static bool lua_says_valid(const uint8_t *bytes, size_t len) {
  static lua_State *L;
  if (L == NULL) {
    must((L = luaL_newstate()) != NULL);
    luaL_requiref(L, "utf8", luaopen_utf8, 0);
    lua_getfield(L, -1, "len");
  }
  lua_pushvalue(L, 2);
  lua_pushlstring(L, (const char *)bytes, len);
  lua_call(L, 1, 1);
  bool is_valid = lua_isinteger(L, -1);
  lua_pop(L, 1);
  return is_valid;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
  bool is_valid = decode_all(bytes, len);
  must(os2_utf8_is_valid((const char *)bytes, len) == is_valid);
  must(lua_says_valid(bytes, len) == is_valid);
  return 0;
}
