/* rest: the table that both API clients use: one row per operation. */
#include "core/rest/rest.h"

#include <ctype.h>
#include <string.h>

typedef struct writer {
  char *out;
  size_t room, len;
} writer;

typedef struct part { /* a parameter {key:rule} of a path */
  const char *key, *rule;
  size_t key_len, rule_len;
} part;

const os2_rest_row *os2_rest_find(const os2_rest_row *rows, const char *name) {
  for (const os2_rest_row *row = rows; row->name != NULL; row++)
    if (strcmp(row->name, name) == 0) return row;
  return NULL;
}

/* ---- writing ---- */

static void rest_put(writer *w, char c) {
  if (w->len + 1 < w->room) w->out[w->len] = c;
  w->len++;
}

static void rest_put_encoded(writer *w, const char *text, const char *plain) {
  static const char hex[] = "0123456789ABCDEF";
  for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
    if (isalnum(*at) || strchr(plain, *at) != NULL) {
      rest_put(w, (char)*at);
    } else {
      rest_put(w, '%');
      rest_put(w, hex[*at >> 4]);
      rest_put(w, hex[*at & 15]);
    }
  }
}

/* ---- path ---- */

static part rest_read_part(const char *open) {
  part p = {.key = open + 1};
  p.key_len = strcspn(p.key, ":}");
  p.rule = p.key + p.key_len;
  if (*p.rule == ':') p.rule++;
  p.rule_len = strcspn(p.rule, "}");
  return p;
}

static bool rest_has_rule(const part *p, const char *rule) {
  return p->rule_len == strlen(rule) && strncmp(p->rule, rule, p->rule_len) == 0;
}

static const char *rest_find_value(const os2_rest_param *params, size_t count, const part *p) {
  for (size_t i = 0; i < count; i++)
    if (strlen(params[i].key) == p->key_len && strncmp(params[i].key, p->key, p->key_len) == 0)
      return params[i].value;
  return NULL;
}

static bool rest_is_uuid(const char *text) {
  static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (strlen(text) != sizeof shape - 1) return false;
  for (size_t i = 0; shape[i] != '\0'; i++) {
    bool fits = shape[i] == '-' ? text[i] == '-' : isxdigit((unsigned char)text[i]) != 0;
    if (!fits) return false;
  }
  return true;
}

/* Returns true when a component is "." or "..", because the request would then go to another
   path. */
static bool rest_has_dots(const char *value) {
  for (const char *at = value;; at++) {
    size_t len = strcspn(at, "/");
    if ((len == 1 || len == 2) && strncmp(at, "..", len) == 0) return true;
    at += len;
    if (*at == '\0') return false;
  }
}

static int rest_put_part(writer *w, const part *p, const char *value, os2_err *err) {
  int len = (int)p->key_len;
  if (value == NULL || *value == '\0')
    return os2_fail(err, OS2_INVALID, "'%.*s' is missing: it is part of the path", len, p->key);
  if (rest_has_rule(p, "uuid") && !rest_is_uuid(value))
    return os2_fail(err, OS2_INVALID,
                    "%.*s '%s' is not a UUID, and the API takes nothing else here", len, p->key,
                    value);
  if (rest_has_dots(value))
    return os2_fail(err, OS2_INVALID, "%.*s '%s' would change the path", len, p->key, value);
  rest_put_encoded(w, value, rest_has_rule(p, "path") ? "-._~/:@" : "-._~");
  return 0;
}

static int rest_put_path(writer *w, const os2_rest_row *row, const os2_rest_param *params,
                         size_t count, os2_err *err) {
  for (const char *at = row->path; *at != '\0'; at++) {
    if (*at != '{') {
      rest_put(w, *at);
      continue;
    }
    part p = rest_read_part(at);
    if (rest_put_part(w, &p, rest_find_value(params, count, &p), err) != 0) return -1;
    at = p.rule + p.rule_len;
  }
  return 0;
}

/* ---- query ---- */

static bool rest_has_word(const char *words, const char *word, size_t len) {
  if (words == NULL) return false;
  for (const char *at = words; *at != '\0'; at += strcspn(at, " ")) {
    at += *at == ' ';
    if (strcspn(at, " ") == len && strncmp(at, word, len) == 0) return true;
  }
  return false;
}

static bool rest_is_in_path(const os2_rest_row *row, const char *key) {
  for (const char *at = strchr(row->path, '{'); at != NULL; at = strchr(at + 1, '{')) {
    part p = rest_read_part(at);
    if (strlen(key) == p.key_len && strncmp(key, p.key, p.key_len) == 0) return true;
  }
  return false;
}

/* Returns true for a key of the query, or for key[field] where the key's value is an object. */
static bool rest_is_in_query(const os2_rest_row *row, const char *key) {
  size_t len = strcspn(key, "[");
  return rest_has_word(key[len] == '[' ? row->objects : row->query, key, len);
}

static int rest_put_query(writer *w, const os2_rest_row *row, const os2_rest_param *params,
                          size_t count, os2_err *err) {
  char before = '?';
  for (size_t i = 0; i < count; i++) {
    if (rest_is_in_path(row, params[i].key)) continue;
    if (!rest_is_in_query(row, params[i].key))
      return os2_fail(err, OS2_INVALID, "'%s' is not a parameter of %s", params[i].key, row->name);
    rest_put(w, before);
    rest_put_encoded(w, params[i].key, "-._~");
    rest_put(w, '=');
    rest_put_encoded(w, params[i].value, "-._~");
    before = '&';
  }
  return 0;
}

ptrdiff_t os2_rest_target(const os2_rest_row *row, const os2_rest_param *params, size_t count,
                          char *out, size_t room, os2_err *err) {
  writer w = {.out = out, .room = room};
  if (rest_put_path(&w, row, params, count, err) != 0) return -1;
  if (rest_put_query(&w, row, params, count, err) != 0) return -1;
  if (room > 0) out[w.len < room ? w.len : room - 1] = '\0';
  return (ptrdiff_t)w.len;
}
