/* json_project: see json_project.h. It reads forward only, and copies the runs that stay. */
#include "core/base/json_project.h"

#include <string.h>

typedef struct projection {
  const char *at, *end;
  const os2_json_wish *wish;
  char *out;
  size_t len;
  int depth;
  bool is_left_out; /* the object that was read last is not to stay in its list */
} projection;

static void json_project_blanks(projection *p) {
  while (p->at < p->end && (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r'))
    p->at++;
}

static void json_project_put(projection *p, const char *from, const char *to) {
  memcpy(p->out + p->len, from, (size_t)(to - from));
  p->len += (size_t)(to - from);
}

static void json_project_put_char(projection *p, char c) { p->out[p->len++] = c; }

/* Returns true when the next character is this one, which is then behind. */
static bool json_project_take(projection *p, char c) {
  json_project_blanks(p);
  if (p->at == p->end || *p->at != c) return false;
  p->at++;
  return true;
}

/* Returns true when the quote at `at` is part of the string that begins at `from`. */
static bool json_project_is_escaped(const char *from, const char *at) {
  const char *before = at;
  while (before > from && before[-1] == '\\') before--;
  return (at - before) % 2 == 1;
}

static bool json_project_skip_string(projection *p) {
  const char *from = p->at + 1, *quote = p->at;
  do {
    quote = memchr(quote + 1, '"', (size_t)(p->end - quote - 1));
    if (quote == NULL) return false;
  } while (json_project_is_escaped(from, quote));
  p->at = quote + 1;
  return true;
}

static bool json_project_ends_scalar(char c) {
  return c == ',' || c == '}' || c == ']' || c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool json_project_skip_scalar(projection *p) {
  const char *from = p->at;
  while (p->at < p->end && !json_project_ends_scalar(*p->at)) p->at++;
  return p->at > from;
}

/* Passes over what is left until so many brackets are closed. Those of lists and objects are
   counted together: the parser sees those that stay. */
static bool json_project_skip_nested(projection *p, size_t open) {
  while (p->at < p->end) {
    char c = *p->at;
    if (c == '"') {
      if (!json_project_skip_string(p)) return false;
      continue;
    }
    p->at++;
    if (c == '{' || c == '[') open++;
    if ((c == '}' || c == ']') && --open == 0) return true;
  }
  return false;
}

static bool json_project_skip(projection *p) {
  json_project_blanks(p);
  if (p->at == p->end) return false;
  if (*p->at == '"') return json_project_skip_string(p);
  if (*p->at == '{' || *p->at == '[') return json_project_skip_nested(p, 0);
  return json_project_skip_scalar(p);
}

static bool json_project_copy(projection *p) {
  json_project_blanks(p);
  const char *from = p->at;
  if (!json_project_skip(p)) return false;
  json_project_put(p, from, p->at);
  return true;
}

static bool json_project_value(projection *p, bool is_in_list);

/* A member that decides whether its object stays. */
static bool json_project_test(projection *p) {
  json_project_blanks(p);
  const char *from = p->at;
  if (!json_project_copy(p)) return false;
  bool is_text = *from == '"';
  p->is_left_out = !is_text || !p->wish->keeps(p->wish->arg, from + 1, (size_t)(p->at - from - 2));
  return true;
}

/* A member whose key is at [key, behind), quotes included. */
static bool json_project_member(projection *p, const char *key, const char *behind,
                                bool *is_first) {
  os2_json_want want = p->wish->member(p->wish->arg, key + 1, (size_t)(behind - key - 2));
  if (want == OS2_JSON_NONE) return json_project_skip(p);
  if (!*is_first) json_project_put_char(p, ',');
  *is_first = false;
  json_project_put(p, key, behind);
  json_project_put_char(p, ':');
  if (want == OS2_JSON_ALL) return json_project_copy(p);
  if (want == OS2_JSON_TEST) return json_project_test(p);
  bool is_fine = json_project_value(p, false);
  p->wish->leave(p->wish->arg);
  return is_fine;
}

static bool json_project_object(projection *p, bool is_in_list) {
  bool is_first = true;
  json_project_put_char(p, '{');
  if (json_project_take(p, '}')) {
    json_project_put_char(p, '}');
    return true;
  }
  do {
    json_project_blanks(p);
    const char *key = p->at;
    if (key == p->end || *key != '"' || !json_project_skip_string(p)) return false;
    const char *behind = p->at;
    if (!json_project_take(p, ':') || !json_project_member(p, key, behind, &is_first)) return false;
    if (p->is_left_out && is_in_list) return json_project_skip_nested(p, 1);
  } while (json_project_take(p, ','));
  json_project_put_char(p, '}');
  return json_project_take(p, '}');
}

/* An element of a list whose text begins at `list`. */
static bool json_project_element(projection *p, size_t list) {
  size_t before = p->len;
  if (before > list) json_project_put_char(p, ',');
  p->is_left_out = false;
  if (!json_project_value(p, true)) return false;
  if (p->is_left_out) p->len = before;
  p->is_left_out = false;
  return true;
}

static bool json_project_list(projection *p) {
  json_project_put_char(p, '[');
  size_t from = p->len;
  if (!json_project_take(p, ']')) {
    do
      if (!json_project_element(p, from)) return false;
    while (json_project_take(p, ','));
    if (!json_project_take(p, ']')) return false;
  }
  json_project_put_char(p, ']');
  return true;
}

static bool json_project_value(projection *p, bool is_in_list) {
  if (p->depth == OS2_JSON_DEEPEST_LEVELS) return false;
  p->depth++;
  bool is_fine;
  if (json_project_take(p, '{'))
    is_fine = json_project_object(p, is_in_list);
  else if (json_project_take(p, '['))
    is_fine = json_project_list(p);
  else
    is_fine = json_project_copy(p);
  p->depth--;
  return is_fine;
}

size_t os2_json_project(const char *text, size_t len, const os2_json_wish *wish, char *out) {
  projection p = {.at = text, .end = text + len, .wish = wish, .out = out};
  if (!json_project_value(&p, false)) return 0;
  json_project_blanks(&p);
  return p.at == p.end ? p.len : 0;
}
