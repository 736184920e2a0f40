/* host.names: names against patterns in which "*" stands for any text; case does not matter. */
#include <ctype.h>
#include <string.h>

#include "bind/bind.h"

/* The patterns in lower case, each ended by a zero byte. Userdata owns them; it is the upvalue of
   the function that compares. */
typedef struct names_patterns {
  size_t count, len;
  char text[];
} names_patterns;

/* Goes back to the last "*" when a character differs, so that it takes len * len steps at most. */
static bool names_fits(const char *pattern, const char *name, size_t len) {
  const char *star = NULL;
  size_t at = 0, resume = 0;
  while (at < len) {
    if (*pattern == '*') {
      star = ++pattern;
      resume = at;
    } else if (*pattern == tolower((unsigned char)name[at]) && *pattern != '\0') {
      pattern++;
      at++;
    } else if (star != NULL) {
      pattern = star;
      at = ++resume;
    } else {
      return false;
    }
  }
  while (*pattern == '*') pattern++;
  return *pattern == '\0';
}

/* Most patterns are endings ("*_TOKEN"): their last characters tell. */
static bool names_may_fit(const char *pattern, size_t pattern_len, const char *name, size_t len) {
  char last = pattern[pattern_len - 1];
  return last == '*' || (len > 0 && last == tolower((unsigned char)name[len - 1]));
}

// function(name: string) -> boolean
static int names_l_match(lua_State *L) {
  size_t len;
  const names_patterns *patterns = lua_touserdata(L, lua_upvalueindex(1));
  const char *name = luaL_checklstring(L, 1, &len), *pattern = patterns->text;
  for (size_t i = 0; i < patterns->count; i++) {
    size_t pattern_len = strlen(pattern);
    bool may_fit = pattern_len == 0 ? len == 0 : names_may_fit(pattern, pattern_len, name, len);
    if (may_fit && names_fits(pattern, name, len)) {
      lua_pushboolean(L, 1);
      return 1;
    }
    pattern += pattern_len + 1;
  }
  lua_pushboolean(L, 0);
  return 1;
}

static size_t names_length(lua_State *L, lua_Integer count) {
  size_t sum = 0, len;
  for (lua_Integer i = 1; i <= count; i++, lua_pop(L, 1)) {
    lua_rawgeti(L, 1, i);
    luaL_argcheck(L, lua_type(L, -1) == LUA_TSTRING, 1, "not a list of strings");
    lua_tolstring(L, -1, &len);
    sum += len + 1;
  }
  return sum;
}

// names.matcher(patterns: string[]) -> function(name: string) -> boolean
static int names_l_matcher(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_Integer count = (lua_Integer)lua_rawlen(L, 1);
  names_patterns *patterns = lua_newuserdatauv(L, sizeof *patterns + names_length(L, count), 0);
  *patterns = (names_patterns){.count = (size_t)count};
  for (lua_Integer i = 1; i <= count; i++, lua_pop(L, 1)) {
    size_t len;
    lua_rawgeti(L, 1, i);
    const char *text = lua_tolstring(L, -1, &len);
    for (size_t at = 0; at <= len; at++)
      patterns->text[patterns->len++] = (char)tolower((unsigned char)text[at]);
  }
  lua_pushcclosure(L, names_l_match, 1);
  return 1;
}

int luaopen_host_names(lua_State *L);
int luaopen_host_names(lua_State *L) {
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, names_l_matcher);
  lua_setfield(L, -2, "matcher");
  return 1;
}
