/* record_secrets: how secrets look in a text, and where they stand in what is kept on disk. */
#include "bind/record_secrets.h"

#include <string.h>

#include "bind/bind.h"
#include "bind/record_json.h"
#include "core/base/base64.h"

enum { LONGEST_FORM_BYTES = 3000 }; /* of a secret that is searched for in base64 */
enum { LEAST_FORM_BYTES = 8 };      /* a shorter form may be a part of an ordinary word */
enum { SHIFTS = 3 };                /* where a secret may begin in a group of base64 */

extern char **environ;

/* Adds to the list at the top of the stack the characters of base64 that depend on the secret alone
   when `shift` bytes stand before it (modulo 3) in what was encoded. */
static void record_secrets_add_forms(lua_State *L, const char *secret, size_t len, size_t shift) {
  static const size_t dependent[] = {0, 2, 3}; /* leading characters that hold bits of others */
  char bytes[LONGEST_FORM_BYTES + SHIFTS] = {0};
  char form[(LONGEST_FORM_BYTES + SHIFTS) * 4 / 3 + 8];
  memcpy(bytes + shift, secret, len);
  size_t whole = (shift + len) * 8 / 6;
  if (whole < dependent[shift] + LEAST_FORM_BYTES) return;
  for (int alphabet = OS2_BASE64_STD; alphabet <= OS2_BASE64_URL; alphabet++) {
    os2_base64_encode(form, bytes, shift + len, (os2_base64_alphabet)alphabet);
    lua_pushlstring(L, form + dependent[shift], whole - dependent[shift]);
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
    form[whole] = '\0';
    if (strpbrk(form, "+/") == NULL) break; /* the same in both */
  }
}

// record.forms(secret: string) -> string[]: how a secret looks inside of base64, wherever it begins
// there; none for one that is short, or longer than 3000 bytes
int bind_record_forms(lua_State *L) {
  size_t len;
  const char *secret = luaL_checklstring(L, 1, &len);
  lua_newtable(L);
  for (size_t shift = 0; shift < SHIFTS && len <= LONGEST_FORM_BYTES; shift++)
    record_secrets_add_forms(L, secret, len, shift);
  return 1;
}

// record.found(text: string, secrets: string[]) -> string[]: those of the secrets that stand in the
// text
int bind_record_found(lua_State *L) {
  size_t text_len, len;
  const char *text = luaL_checklstring(L, 1, &text_len);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_Integer count = (lua_Integer)lua_rawlen(L, 2), found = 0;
  lua_newtable(L);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, 2, i);
    const char *secret = luaL_checklstring(L, -1, &len);
    if (memmem(text, text_len, secret, len) != NULL)
      lua_rawseti(L, -2, ++found);
    else
      lua_pop(L, 1);
  }
  return 1;
}

/* Whether a variable may hold a secret: by its name, or a URL with a login in its value. */
static bool record_secrets_is_suspect(const record_walk *on, const char *entry) {
  size_t len = strcspn(entry, "=");
  const char *url = strstr(entry + len, "://");
  return (url != NULL && strchr(url, '@') != NULL) || record_json_is_secret(on, entry, len);
}

// record.suspects(is_secret: table) -> string[]: the variables ("NAME=value") that may hold secrets
int bind_record_suspects(lua_State *L) {
  lua_Integer found = 0;
  luaL_checktype(L, 1, LUA_TTABLE);
  record_walk on = {.L = L, .secrets = 1};
  lua_newtable(L);
  for (char **entry = environ; entry != NULL && *entry != NULL; entry++) {
    if (strchr(*entry, '=') == NULL || !record_secrets_is_suspect(&on, *entry)) continue;
    lua_pushstring(L, *entry);
    lua_rawseti(L, -2, ++found);
  }
  return 1;
}

/* ---- the queries of URLs ---- */

static const char *record_secrets_end_of_query(const char *at, const char *end) {
  while (at < end && (unsigned char)*at > ' ' && *at != '"' && *at != '\\') at++;
  return at;
}

/* Returns the place after the "?" of the next URL that has one; NULL for none. */
static const char *record_secrets_find_query(const char *at, const char *end) {
  while (at < end && (at = memmem(at, (size_t)(end - at), "://", 3)) != NULL) {
    const char *last = record_secrets_end_of_query(at, end);
    const char *mark = memchr(at, '?', (size_t)(last - at));
    if (mark != NULL) return mark + 1;
    at = last;
  }
  return NULL;
}

// record.without_queries(text: string) -> string: with "***" in place of the queries of URLs
int bind_record_without_queries(lua_State *L) {
  size_t len;
  const char *at = luaL_checklstring(L, 1, &len), *end = at + len, *query;
  luaL_Buffer out;
  lua_settop(L, 1);
  if (record_secrets_find_query(at, end) == NULL) return 1;
  luaL_buffinit(L, &out);
  while ((query = record_secrets_find_query(at, end)) != NULL) {
    luaL_addlstring(&out, at, (size_t)(query - at));
    luaL_addstring(&out, "***");
    at = record_secrets_end_of_query(query, end);
  }
  luaL_addlstring(&out, at, (size_t)(end - at));
  luaL_pushresult(&out);
  return 1;
}
