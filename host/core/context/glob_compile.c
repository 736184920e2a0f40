/* glob: compiles a pattern for the matcher.
   BuildKit rewrites a pattern into a regular expression of Go and matches with that. Its odd cases
   (a class matches "/", `^` anchors, `[a*]` ends its class early, `\d` is a digit) are those of the
   expression. The same two steps are therefore taken here: write the expression, then compile the
   part of Go's syntax that can occur in it. */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/context/glob_int.h"

static const char *const bad_range = "a range in a class [...] must go upwards, and a [:name:] "
                                     "must be one that Go knows";
static const char *const bad_escape = "a backslash before this letter or digit means nothing; "
                                      "put it only before a sign such as * or ?";

/* The expression that is read, and the pattern that is made of it. */
typedef struct parser {
  os2_glob_reader r;
  os2_glob *glob;
} parser;

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
static bool glob_compile_take_escape_set(parser *p) {
  if (os2_glob_left(&p->r) < 2 || *p->r.at != '\\') return false;
  char letter = p->r.at[1];
  for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++) {
    char name = escapes[i].name[0];
    if (letter != name && letter != name - 'a' + 'A') continue;
    glob_compile_add_named(p->glob, &escapes[i], letter != name);
    p->r.at += 2;
    return true;
  }
  return false;
}

/* Compiles `[:name:]` or `[:^name:]` in a class. Returns 1, 0 when the text is something else, and
   -1 when no such name exists. */
static int glob_compile_take_named_class(parser *p) {
  if (os2_glob_left(&p->r) < 3 || !os2_glob_starts(&p->r, "[:")) return 0;
  const char *close = memmem(p->r.at + 2, os2_glob_left(&p->r) - 2, ":]", 2);
  if (close == NULL) return 0;
  const char *name = p->r.at + 2;
  bool negated = *name == '^';
  if (negated) name++;
  for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
    size_t len = strlen(classes[i].name);
    if (name + len != close || memcmp(name, classes[i].name, len) != 0) continue;
    glob_compile_add_named(p->glob, &classes[i], negated);
    p->r.at = close + 2;
    return 1;
  }
  return -1;
}

/* Reads the character after a backslash. */
static const char *glob_compile_take_escape(parser *p, uint32_t *rune) {
  static const char letters[] = "afnrtv";
  static const char meanings[] = "\a\f\n\r\t\v";
  if (os2_glob_left(&p->r) == 0) return OS2_GLOB_LATE_ESCAPE;
  uint32_t c = os2_glob_next_rune(&p->r);
  *rune = c;
  if (c >= 0x80) return bad_escape;
  bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  if (!is_letter && !(c >= '0' && c <= '9')) return NULL;
  const char *found = strchr(letters, (int)c);
  if (found == NULL) return bad_escape;
  *rune = (unsigned char)meanings[found - letters];
  return NULL;
}

static const char *glob_compile_take_class_char(parser *p, uint32_t *rune) {
  if (os2_glob_left(&p->r) == 0) return OS2_GLOB_OPEN_CLASS;
  if (os2_glob_skip(&p->r, "\\")) return glob_compile_take_escape(p, rune);
  *rune = os2_glob_next_rune(&p->r);
  return NULL;
}

/* Compiles a character, a range, or a named set. */
static const char *glob_compile_take_class_item(parser *p) {
  int named = glob_compile_take_named_class(p);
  if (named < 0) return bad_range;
  if (named > 0 || glob_compile_take_escape_set(p)) return NULL;
  uint32_t low;
  const char *problem = glob_compile_take_class_char(p, &low);
  if (problem != NULL) return problem;
  uint32_t high = low;
  if (os2_glob_left(&p->r) >= 2 && p->r.at[0] == '-' && p->r.at[1] != ']') {
    p->r.at++;
    problem = glob_compile_take_class_char(p, &high);
    if (problem != NULL) return problem;
    if (high < low) return bad_range;
  }
  glob_compile_add_range(p->glob, low, high);
  return NULL;
}

/* Compiles a class, whose bracket was read, and the star that may follow it. */
static const char *glob_compile_take_class(parser *p) {
  os2_glob *glob = p->glob;
  uint32_t first = (uint32_t)glob->range_count;
  bool negated = os2_glob_skip(&p->r, "^");
  do {
    const char *problem = glob_compile_take_class_item(p);
    if (problem != NULL) return problem;
  } while (!os2_glob_skip(&p->r, "]"));
  os2_glob_node *node = glob_compile_add_node(
      glob, os2_glob_skip(&p->r, "*") ? OS2_GLOB_SET_STAR : OS2_GLOB_SET, first);
  node->negated = negated;
  node->count = (uint32_t)glob->range_count - first;
  return NULL;
}

/* Compiles an escape sequence that matches a place. Returns false when the text is something
   else. */
static bool glob_compile_take_place(parser *p) {
  static const struct {
    const char *text;
    os2_glob_op op;
  } places[] = {{"\\A", OS2_GLOB_BEGIN},
                {"\\z", OS2_GLOB_END},
                {"\\b", OS2_GLOB_WORD_EDGE},
                {"\\B", OS2_GLOB_NOT_WORD_EDGE}};
  for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
    if (!os2_glob_skip(&p->r, places[i].text)) continue;
    glob_compile_add_node(p->glob, places[i].op, 0);
    return true;
  }
  return false;
}

/* Compiles an escape sequence outside of a class. */
static const char *glob_compile_take_escaped(parser *p) {
  if (glob_compile_take_place(p)) return NULL;
  uint32_t first = (uint32_t)p->glob->range_count;
  if (glob_compile_take_escape_set(p)) {
    glob_compile_add_node(p->glob, OS2_GLOB_SET, first)->count =
        (uint32_t)p->glob->range_count - first;
    return NULL;
  }
  p->r.at++;
  uint32_t rune;
  const char *problem = glob_compile_take_escape(p, &rune);
  if (problem == NULL) glob_compile_add_node(p->glob, OS2_GLOB_CHAR, rune);
  return problem;
}

static const char *glob_compile_take_node(parser *p) {
  if (*p->r.at == '\\') return glob_compile_take_escaped(p);
  if (os2_glob_skip(&p->r, "[")) return glob_compile_take_class(p);
  if (os2_glob_skip(&p->r, OS2_GLOB_DIRECTORIES)) {
    glob_compile_add_node(p->glob, OS2_GLOB_DIRS, 0);
    glob_compile_add_node(p->glob, OS2_GLOB_DIRS_INSIDE, 0);
  } else if (os2_glob_skip(&p->r, ".*")) {
    glob_compile_add_node(p->glob, OS2_GLOB_LINE_STAR, 0);
  } else if (os2_glob_skip(&p->r, "^")) {
    glob_compile_add_node(p->glob, OS2_GLOB_BEGIN, 0);
  } else {
    glob_compile_add_node(p->glob, OS2_GLOB_CHAR, os2_glob_next_rune(&p->r));
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

static const char *glob_compile_expression(os2_glob *glob, const char *text, size_t len) {
  parser p = {.r = {text, text + len}, .glob = glob};
  const char *problem = NULL;
  while (problem == NULL && os2_glob_left(&p.r) > 0) problem = glob_compile_take_node(&p);
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
  if (len > OS2_GLOB_MAX_BYTES) return "a pattern may be 4096 bytes long";
  const char *problem = os2_glob_check(pattern, len);
  if (problem != NULL) return problem;
  size_t written;
  char *expression = os2_glob_write(pattern, len, &written, &glob->kind);
  if (glob->kind == OS2_GLOB_NODES)
    problem = glob_compile_expression(glob, expression, written);
  else
    glob_compile_keep_text(glob, pattern, len);
  free(expression);
  if (problem != NULL) os2_glob_free(glob);
  return problem;
}
