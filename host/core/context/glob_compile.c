/* glob: compiles a pattern for the matcher.
   BuildKit rewrites a pattern into a regular expression of Go and matches with that. Its odd cases
   (a class matches "/", `^` anchors, `[a*]` ends its class early, `\d` is a digit) are those of the
   expression. The same two steps are therefore taken here: write the expression, then compile the
   part of Go's syntax that can occur in it. */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/utf8.h"
#include "core/context/glob.h"

#define NOT_SLASH "[^/]"
#define DIRECTORIES "(.*/)?"

static const char *const bad_class = "a class [...] must hold characters or ranges like a-z; "
                                     "- ] and \\ in it need a backslash before them";
static const char *const open_class = "a class [...] needs its closing bracket";
static const char *const bad_range = "a range in a class [...] must go upwards, and a [:name:] "
                                     "must be one that Go knows";
static const char *const bad_escape = "a backslash before this letter or digit means nothing; "
                                      "put it only before a sign such as * or ?";
static const char *const late_escape = "a backslash needs a character behind it";

/* Reads the pattern while it is checked, and the expression while it is compiled. */
typedef struct reader {
  const char *at;
  const char *end;
  os2_glob *glob;
} reader;

static size_t glob_compile_left(const reader *r) { return (size_t)(r->end - r->at); }

static bool glob_compile_starts(const reader *r, const char *text) {
  size_t len = strlen(text);
  return glob_compile_left(r) >= len && memcmp(r->at, text, len) == 0;
}

static bool glob_compile_skip(reader *r, const char *text) {
  if (!glob_compile_starts(r, text)) return false;
  r->at += strlen(text);
  return true;
}

static uint32_t glob_compile_next_rune(reader *r) {
  size_t size;
  uint32_t rune = os2_utf8_decode(r->at, glob_compile_left(r), &size);
  r->at += size;
  return rune;
}

/* --- check that the pattern is well-formed (Go's filepath.Match) --- */

/* Checks one character of a class. The class must continue after it. */
static const char *glob_compile_check_class_char(reader *r) {
  if (glob_compile_left(r) == 0) return open_class;
  if (*r->at == '-' || *r->at == ']') return bad_class;
  if (glob_compile_skip(r, "\\") && glob_compile_left(r) == 0) return late_escape;
  size_t size;
  uint32_t rune = os2_utf8_decode(r->at, glob_compile_left(r), &size);
  if (rune == OS2_UTF8_INVALID && size == 1) return "a class [...] must be UTF-8";
  r->at += size;
  return glob_compile_left(r) == 0 ? open_class : NULL;
}

static const char *glob_compile_check_class(reader *r) {
  glob_compile_skip(r, "^");
  bool any = false;
  while (!(any && glob_compile_skip(r, "]"))) {
    const char *problem = glob_compile_check_class_char(r);
    if (problem == NULL && glob_compile_skip(r, "-")) problem = glob_compile_check_class_char(r);
    if (problem != NULL) return problem;
    any = true;
  }
  return NULL;
}

/* Checks up to the next star. Sets *is_dot when the chunk is one character that can match a dot. */
static const char *glob_compile_check_chunk(reader *r, bool *is_dot) {
  const char *from = r->at;
  while (glob_compile_left(r) > 0 && *r->at != '*') {
    if (glob_compile_skip(r, "[")) {
      const char *problem = glob_compile_check_class(r);
      if (problem != NULL) return problem;
    } else {
      if (glob_compile_skip(r, "\\") && glob_compile_left(r) == 0) return late_escape;
      r->at++;
    }
  }
  size_t len = (size_t)(r->at - from);
  *is_dot =
      (len == 1 && (*from == '.' || *from == '?')) || (len == 2 && memcmp(from, "\\.", 2) == 0);
  return NULL;
}

/* BuildKit matches the pattern against "." only to get the error message. Go stops as soon as it
   knows the answer, so `a*[b-]` passes and `[b-]` does not. */
static const char *glob_compile_check(const char *pattern, size_t len) {
  reader r = {pattern, pattern + len, NULL};
  bool is_dot = false;
  while (glob_compile_skip(&r, "*")) continue;
  const char *problem = glob_compile_check_chunk(&r, &is_dot);
  if (problem != NULL || !is_dot) return problem;
  while (glob_compile_skip(&r, "*")) continue;
  return glob_compile_check_chunk(&r, &is_dot);
}

/* --- write the expression (moby/patternmatcher) --- */

typedef struct writer {
  char *text; /* has room for the longest expansion, see os2_glob_compile */
  size_t len;
  os2_glob_kind kind;
} writer;

static void glob_compile_put(writer *w, const char *text, size_t len) {
  memcpy(w->text + w->len, text, len);
  w->len += len;
}

/* Called after `**`. At the end of the pattern it matches everything that is left; elsewhere it
   matches whole directories. */
static void glob_compile_put_stars(writer *w, reader *r, bool is_first) {
  glob_compile_skip(r, "/");
  if (glob_compile_left(r) > 0) {
    glob_compile_put(w, DIRECTORIES, strlen(DIRECTORIES));
    w->kind = OS2_GLOB_NODES;
  } else if (w->kind == OS2_GLOB_EXACT) {
    w->kind = OS2_GLOB_PREFIX;
  } else {
    glob_compile_put(w, ".*", 2);
    w->kind = OS2_GLOB_NODES;
  }
  if (is_first) w->kind = OS2_GLOB_SUFFIX;
}

/* Writes a backslash and the whole character after it. */
static void glob_compile_put_escape(writer *w, reader *r) {
  const char *from = r->at - 1;
  if (glob_compile_left(r) > 0) glob_compile_next_rune(r);
  glob_compile_put(w, from, (size_t)(r->at - from));
  w->kind = OS2_GLOB_NODES;
}

static void glob_compile_put_one(writer *w, reader *r, bool is_first) {
  if (glob_compile_skip(r, "**")) {
    glob_compile_put_stars(w, r, is_first);
  } else if (glob_compile_skip(r, "*")) {
    glob_compile_put(w, NOT_SLASH "*", strlen(NOT_SLASH "*"));
    w->kind = OS2_GLOB_NODES;
  } else if (glob_compile_skip(r, "?")) {
    glob_compile_put(w, NOT_SLASH, strlen(NOT_SLASH));
    w->kind = OS2_GLOB_NODES;
  } else if (glob_compile_skip(r, "\\")) {
    glob_compile_put_escape(w, r);
  } else {
    if (strchr(".+()|{}$", *r->at) != NULL && *r->at != '\0') glob_compile_put(w, "\\", 1);
    if (*r->at == '[' || *r->at == ']') w->kind = OS2_GLOB_NODES;
    glob_compile_put(w, r->at++, 1);
  }
}

static void glob_compile_write_expression(writer *w, const char *pattern, size_t len) {
  reader r = {pattern, pattern + len, NULL};
  while (glob_compile_left(&r) > 0) glob_compile_put_one(w, &r, r.at == pattern);
}

/* --- compile the expression (Go's regexp/syntax) --- */

static os2_glob_node *glob_compile_add_node(os2_glob *glob, os2_glob_op op, uint32_t value) {
  glob->nodes = os2_mem_resize(glob->nodes, glob->node_count + 1, sizeof *glob->nodes);
  glob->nodes[glob->node_count] = (os2_glob_node){.op = op, .value = value};
  return &glob->nodes[glob->node_count++];
}

static void glob_compile_add_range(os2_glob *glob, uint32_t low, uint32_t high) {
  glob->ranges = os2_mem_resize(glob->ranges, glob->range_count + 1, sizeof *glob->ranges);
  glob->ranges[glob->range_count++] = (os2_glob_range){low, high};
}

/* Named sets: ascending pairs of bounds, ASCII as in Go. */
typedef struct named_set {
  const char *name;
  const char *pairs;
  size_t len;
} named_set;

#define PAIRS(text) text, sizeof(text) - 1
static const named_set classes[] = {
    {"alnum", PAIRS("09AZaz")},
    {"alpha", PAIRS("AZaz")},
    {"ascii", PAIRS("\0\x7f")},
    {"blank", PAIRS("\t\t  ")},
    {"cntrl", PAIRS("\0\x1f\x7f\x7f")},
    {"digit", PAIRS("09")},
    {"graph", PAIRS("!~")},
    {"lower", PAIRS("az")},
    {"print", PAIRS(" ~")},
    {"punct", PAIRS("!/:@[`{~")},
    {"space", PAIRS("\t\r  ")},
    {"upper", PAIRS("AZ")},
    {"word", PAIRS("09AZ__az")},
    {"xdigit", PAIRS("09AFaf")},
};
static const named_set escapes[] = {
    {"d", PAIRS("09")}, {"s", PAIRS("\t\n\f\r  ")}, {"w", PAIRS("09AZ__az")}};

static void glob_compile_add_named(os2_glob *glob, const named_set *set, bool negated) {
  uint32_t low = 0;
  for (size_t i = 0; i < set->len; i += 2) {
    uint32_t first = (unsigned char)set->pairs[i];
    uint32_t last = (unsigned char)set->pairs[i + 1];
    if (!negated) glob_compile_add_range(glob, first, last);
    if (negated && first > low) glob_compile_add_range(glob, low, first - 1);
    low = last + 1;
  }
  if (negated) glob_compile_add_range(glob, low, 0x10FFFF);
}

/* Compiles `\d`, `\s`, `\w` and their capitals, which negate. Returns false when the text is
   something else. */
static bool glob_compile_take_escape_set(reader *r) {
  if (glob_compile_left(r) < 2 || *r->at != '\\') return false;
  char letter = r->at[1];
  for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++) {
    char name = escapes[i].name[0];
    if (letter != name && letter != name - 'a' + 'A') continue;
    glob_compile_add_named(r->glob, &escapes[i], letter != name);
    r->at += 2;
    return true;
  }
  return false;
}

/* Compiles `[:name:]` or `[:^name:]` in a class. Returns 1, 0 when the text is something else, and
   -1 when no such name exists. */
static int glob_compile_take_named_class(reader *r) {
  if (glob_compile_left(r) < 3 || !glob_compile_starts(r, "[:")) return 0;
  const char *close = memmem(r->at + 2, glob_compile_left(r) - 2, ":]", 2);
  if (close == NULL) return 0;
  const char *name = r->at + 2;
  bool negated = *name == '^';
  if (negated) name++;
  for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
    size_t len = strlen(classes[i].name);
    if (name + len != close || memcmp(name, classes[i].name, len) != 0) continue;
    glob_compile_add_named(r->glob, &classes[i], negated);
    r->at = close + 2;
    return 1;
  }
  return -1;
}

/* Reads the character after a backslash. */
static const char *glob_compile_take_escape(reader *r, uint32_t *rune) {
  static const char letters[] = "afnrtv";
  static const char meanings[] = "\a\f\n\r\t\v";
  if (glob_compile_left(r) == 0) return late_escape;
  uint32_t c = glob_compile_next_rune(r);
  *rune = c;
  if (c >= 0x80) return bad_escape;
  bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  if (!is_letter && !(c >= '0' && c <= '9')) return NULL;
  const char *found = strchr(letters, (int)c);
  if (found == NULL) return bad_escape;
  *rune = (unsigned char)meanings[found - letters];
  return NULL;
}

static const char *glob_compile_take_class_char(reader *r, uint32_t *rune) {
  if (glob_compile_left(r) == 0) return open_class;
  if (glob_compile_skip(r, "\\")) return glob_compile_take_escape(r, rune);
  *rune = glob_compile_next_rune(r);
  return NULL;
}

/* Compiles a character, a range, or a named set. */
static const char *glob_compile_take_class_item(reader *r) {
  int named = glob_compile_take_named_class(r);
  if (named < 0) return bad_range;
  if (named > 0 || glob_compile_take_escape_set(r)) return NULL;
  uint32_t low;
  const char *problem = glob_compile_take_class_char(r, &low);
  if (problem != NULL) return problem;
  uint32_t high = low;
  if (glob_compile_left(r) >= 2 && r->at[0] == '-' && r->at[1] != ']') {
    r->at++;
    problem = glob_compile_take_class_char(r, &high);
    if (problem != NULL) return problem;
    if (high < low) return bad_range;
  }
  glob_compile_add_range(r->glob, low, high);
  return NULL;
}

/* Compiles a class, whose bracket was read, and the star that may follow it. */
static const char *glob_compile_take_class(reader *r) {
  os2_glob *glob = r->glob;
  uint32_t first = (uint32_t)glob->range_count;
  bool negated = glob_compile_skip(r, "^");
  do {
    const char *problem = glob_compile_take_class_item(r);
    if (problem != NULL) return problem;
  } while (!glob_compile_skip(r, "]"));
  os2_glob_node *node = glob_compile_add_node(
      glob, glob_compile_skip(r, "*") ? OS2_GLOB_SET_STAR : OS2_GLOB_SET, first);
  node->negated = negated;
  node->count = (uint32_t)glob->range_count - first;
  return NULL;
}

/* Compiles an escape sequence outside of a class. */
static const char *glob_compile_take_escaped(reader *r) {
  static const struct {
    const char *text;
    os2_glob_op op;
  } places[] = {{"\\A", OS2_GLOB_BEGIN},
                {"\\z", OS2_GLOB_END},
                {"\\b", OS2_GLOB_WORD_EDGE},
                {"\\B", OS2_GLOB_NOT_WORD_EDGE}};
  for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
    if (!glob_compile_skip(r, places[i].text)) continue;
    glob_compile_add_node(r->glob, places[i].op, 0);
    return NULL;
  }
  uint32_t first = (uint32_t)r->glob->range_count;
  if (glob_compile_take_escape_set(r)) {
    glob_compile_add_node(r->glob, OS2_GLOB_SET, first)->count =
        (uint32_t)r->glob->range_count - first;
    return NULL;
  }
  r->at++;
  uint32_t rune;
  const char *problem = glob_compile_take_escape(r, &rune);
  if (problem == NULL) glob_compile_add_node(r->glob, OS2_GLOB_CHAR, rune);
  return problem;
}

static const char *glob_compile_take_node(reader *r) {
  if (*r->at == '\\') return glob_compile_take_escaped(r);
  if (glob_compile_skip(r, "[")) return glob_compile_take_class(r);
  if (glob_compile_skip(r, DIRECTORIES)) {
    glob_compile_add_node(r->glob, OS2_GLOB_DIRS, 0);
    glob_compile_add_node(r->glob, OS2_GLOB_DIRS_INSIDE, 0);
  } else if (glob_compile_skip(r, ".*")) {
    glob_compile_add_node(r->glob, OS2_GLOB_LINE_STAR, 0);
  } else if (glob_compile_skip(r, "^")) {
    glob_compile_add_node(r->glob, OS2_GLOB_BEGIN, 0);
  } else {
    glob_compile_add_node(r->glob, OS2_GLOB_CHAR, glob_compile_next_rune(r));
  }
  return NULL;
}

/* Stores the literal characters at the end separately: most paths differ there, which is checked
   first. */
static void glob_compile_keep_tail(os2_glob *glob) {
  size_t from = glob->node_count;
  while (from > 0 && glob->nodes[from - 1].op == OS2_GLOB_CHAR &&
         glob->nodes[from - 1].value < 0x80)
    from--;
  glob->len = glob->node_count - from;
  glob->text = os2_mem_resize(NULL, glob->len + 1, 1);
  for (size_t i = 0; i < glob->len; i++) glob->text[i] = (char)glob->nodes[from + i].value;
}

static const char *glob_compile_expression(os2_glob *glob, const writer *w) {
  reader r = {w->text, w->text + w->len, glob};
  const char *problem = NULL;
  while (problem == NULL && glob_compile_left(&r) > 0) problem = glob_compile_take_node(&r);
  if (problem == NULL) glob_compile_keep_tail(glob);
  return problem;
}

/* Stores the text to compare when the pattern needs no expression. */
static void glob_compile_keep_text(os2_glob *glob, const char *pattern, size_t len) {
  size_t head = glob->kind == OS2_GLOB_SUFFIX ? 2 : 0;
  size_t tail = glob->kind == OS2_GLOB_PREFIX ? 2 : 0;
  glob->len = len - head - tail;
  glob->text = os2_mem_text(pattern + head, glob->len);
}

const char *os2_glob_compile(os2_glob *glob, const char *pattern, size_t len) {
  *glob = (os2_glob){0};
  if (len > OS2_GLOB_MAX) return "a pattern may be 4096 bytes long";
  const char *problem = glob_compile_check(pattern, len);
  if (problem != NULL) return problem;
  /* `*` and `?` expand most: one byte becomes five. */
  writer w = {os2_mem_resize(NULL, len, strlen(NOT_SLASH "*")), 0, OS2_GLOB_EXACT};
  glob_compile_write_expression(&w, pattern, len);
  glob->kind = w.kind;
  if (w.kind == OS2_GLOB_NODES) {
    problem = glob_compile_expression(glob, &w);
  } else {
    glob_compile_keep_text(glob, pattern, len);
  }
  free(w.text);
  if (problem != NULL) os2_glob_free(glob);
  return problem;
}
