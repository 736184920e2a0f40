/* record_environment: the variables of the environment, for the record of a run. */
#include "bind/record_environment.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PATTERNS = 64, LONGEST_NAME_BYTES = 256 };

extern char **environ;

static int record_environment_by_text(const void *one, const void *other) {
  return strcmp(*(const char *const *)one, *(const char *const *)other);
}

/* Pushes userdata with the sorted variables. */
static char **record_environment_push_sorted(lua_State *L, int *count) {
  *count = 0;
  while (environ != NULL && environ[*count] != NULL) (*count)++;
  char **entries = lua_newuserdatauv(L, (size_t)*count * sizeof *entries + 1, 0);
  if (*count > 0) memcpy(entries, environ, (size_t)*count * sizeof *entries);
  qsort(entries, (size_t)*count, sizeof *entries, record_environment_by_text);
  return entries;
}

static void record_environment_put_names(record_buffer *buffer, char **entries, int count) {
  record_json_put_text(buffer, "\"variables\":[");
  for (int i = 0; i < count; i++) {
    if (i > 0) record_json_put(buffer, ",", 1);
    record_json_put_string(buffer, entries[i], strcspn(entries[i], "="));
  }
  record_json_put_text(buffer, "]");
}

typedef struct record_environment_patterns {
  const char *items[MOST_PATTERNS];
  size_t count;
} record_environment_patterns;

static record_environment_patterns record_environment_patterns_of(lua_State *L, int index) {
  record_environment_patterns patterns = {.count = 0};
  lua_Integer count = (lua_Integer)lua_rawlen(L, index);
  for (lua_Integer i = 1; i <= count && patterns.count < MOST_PATTERNS; i++) {
    lua_rawgeti(L, index, i);
    if (lua_type(L, -1) == LUA_TSTRING) patterns.items[patterns.count++] = lua_tostring(L, -1);
    lua_pop(L, 1); /* the list holds it */
  }
  return patterns;
}

static bool record_environment_matches(const record_environment_patterns *patterns,
                                       const char *entry, size_t len) {
  char name[LONGEST_NAME_BYTES];
  if (len >= sizeof name) return false;
  for (size_t i = 0; i < patterns->count; i++) {
    const char *pattern = patterns->items[i];
    /* most patterns begin with a letter that tells */
    if (*pattern != *entry && *pattern != '*' && *pattern != '?' && *pattern != '[') continue;
    memcpy(name, entry, len);
    name[len] = '\0';
    if (fnmatch(pattern, name, 0) == 0) return true;
  }
  return false;
}

static void record_environment_put_values(const record_walk *on,
                                          const record_environment_patterns *patterns,
                                          char **entries, int count) {
  bool is_first = true;
  record_json_put_text(on->buffer, ",\"env\":{");
  for (int i = 0; i < count; i++) {
    size_t len = strcspn(entries[i], "=");
    if (entries[i][len] == '\0' || !record_environment_matches(patterns, entries[i], len)) continue;
    if (record_json_is_secret(on, entries[i], len)) continue;
    if (!is_first) record_json_put(on->buffer, ",", 1);
    is_first = false;
    record_json_put_string(on->buffer, entries[i], len);
    record_json_put(on->buffer, ":", 1);
    record_json_put_string(on->buffer, entries[i] + len + 1, strlen(entries[i] + len + 1));
  }
  record_json_put_text(on->buffer, "}");
}

void record_environment_put(const record_walk *on, int index) {
  int count;
  char **entries = record_environment_push_sorted(on->L, &count);
  record_environment_patterns patterns = record_environment_patterns_of(on->L, index);
  record_environment_put_names(on->buffer, entries, count);
  record_environment_put_values(on, &patterns, entries, count);
  lua_pop(on->L, 1);
}
