/* glob: matches paths against a compiled pattern, all its states at once. */
#include "core/context/glob.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/utf8.h"

enum { WORD_BITS = 64, SET_WORDS = OS2_GLOB_MAX / WORD_BITS + 1 };

/* One bit per node that the match may stand before; the bit behind the last node is success. */
typedef struct state_set {
  uint64_t bits[SET_WORDS];
} state_set;

/* Where a run stands: the code points on both sides, 0 at the ends. */
typedef struct place {
  uint32_t before;
  uint32_t next;
} place;

void os2_glob_free(os2_glob *glob) {
  free(glob->text);
  free(glob->nodes);
  free(glob->ranges);
  *glob = (os2_glob){0};
}

static void set_add(state_set *set, size_t state) {
  set->bits[state / WORD_BITS] |= UINT64_C(1) << (state % WORD_BITS);
}

static bool set_has(const state_set *set, size_t state) {
  return (set->bits[state / WORD_BITS] >> (state % WORD_BITS) & 1) != 0;
}

static size_t words_of(const os2_glob *glob) { return glob->node_count / WORD_BITS + 1; }

static void set_clear(state_set *set, const os2_glob *glob) {
  memset(set->bits, 0, words_of(glob) * sizeof set->bits[0]);
}

static bool set_is_empty(const state_set *set, const os2_glob *glob) {
  for (size_t i = 0; i < words_of(glob); i++) {
    if (set->bits[i] != 0) return false;
  }
  return true;
}

static bool is_word(uint32_t c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

static bool in_ranges(const os2_glob *glob, const os2_glob_node *node, uint32_t c) {
  const os2_glob_range *ranges = glob->ranges + node->value;
  for (size_t i = 0; i < node->count; i++) {
    if (c >= ranges[i].low && c <= ranges[i].high) return true;
  }
  return false;
}

/* Whether the node takes this code point. */
static bool takes(const os2_glob *glob, const os2_glob_node *node, uint32_t c) {
  switch (node->op) {
  case OS2_GLOB_CHAR:
    return c == node->value;
  case OS2_GLOB_SET:
  case OS2_GLOB_SET_STAR:
    return in_ranges(glob, node, c) != node->negated;
  case OS2_GLOB_LINE_STAR:
  case OS2_GLOB_DIRS_INSIDE:
    return c != '\n';
  default:
    return false;
  }
}

/* Whether the match may pass the node without taking anything. */
static bool passes(const os2_glob_node *node, const place *at) {
  switch (node->op) {
  case OS2_GLOB_SET_STAR:
  case OS2_GLOB_LINE_STAR:
  case OS2_GLOB_DIRS:
    return true;
  case OS2_GLOB_BEGIN:
    return at->before == 0;
  case OS2_GLOB_END:
    return at->next == 0;
  case OS2_GLOB_WORD_EDGE:
    return is_word(at->before) != is_word(at->next);
  case OS2_GLOB_NOT_WORD_EDGE:
    return is_word(at->before) == is_word(at->next);
  default:
    return false;
  }
}

/* Adds the states that are reached without taking anything. They only lie ahead, so one pass does.
 */
static void close_set(const os2_glob *glob, state_set *set, const place *at) {
  for (size_t i = 0; i < glob->node_count; i++) {
    const os2_glob_node *node = &glob->nodes[i];
    if (!set_has(set, i) || !passes(node, at)) continue;
    set_add(set, i + 1);
    if (node->op == OS2_GLOB_DIRS) set_add(set, i + 2);
  }
}

/* The states after the code point c. */
static void step(const os2_glob *glob, const state_set *from, uint32_t c, state_set *to) {
  set_clear(to, glob);
  for (size_t i = 0; i < glob->node_count; i++) {
    const os2_glob_node *node = &glob->nodes[i];
    if (!set_has(from, i) || !takes(glob, node, c)) continue;
    bool stays = node->op == OS2_GLOB_SET_STAR || node->op == OS2_GLOB_LINE_STAR;
    bool inside = node->op == OS2_GLOB_DIRS_INSIDE;
    if (stays || inside) set_add(to, i);
    if (!stays && (!inside || c == '/')) set_add(to, i + 1);
  }
}

/* Runs over path and, when below is set, the slash that follows it. */
static void run(const os2_glob *glob, const char *path, size_t len, bool below, state_set *set) {
  state_set other;
  place at = {0, 0};
  size_t done = 0;
  size_t size = 0;
  set_clear(set, glob);
  set_add(set, 0);
  while (done < len + (below ? 1 : 0) && !set_is_empty(set, glob)) {
    at.next = done < len ? os2_utf8_decode(path + done, len - done, &size) : '/';
    close_set(glob, set, &at);
    step(glob, set, at.next, &other);
    memcpy(set->bits, other.bits, words_of(glob) * sizeof other.bits[0]);
    at.before = at.next;
    done += done < len ? size : 1;
  }
  at.next = 0;
  close_set(glob, set, &at);
}

static bool ends_in(const os2_glob *glob, const char *path, size_t len) {
  return len >= glob->len && memcmp(path + len - glob->len, glob->text, glob->len) == 0;
}

static bool nodes_match(const os2_glob *glob, const char *path, size_t len) {
  if (!ends_in(glob, path, len)) return false;
  state_set set;
  run(glob, path, len, false, &set);
  return set_has(&set, glob->node_count);
}

/* A leading `**` with a slash after it also matches at the root, where no slash stands. */
static bool suffix_matches(const os2_glob *glob, const char *path, size_t len) {
  if (ends_in(glob, path, len)) return true;
  return glob->text[0] == '/' && len == glob->len - 1 && memcmp(path, glob->text + 1, len) == 0;
}

bool os2_glob_match(const os2_glob *glob, const char *path, size_t len) {
  switch (glob->kind) {
  case OS2_GLOB_EXACT:
    return len == glob->len && memcmp(path, glob->text, len) == 0;
  case OS2_GLOB_PREFIX:
    return len >= glob->len && memcmp(path, glob->text, glob->len) == 0;
  case OS2_GLOB_SUFFIX:
    return suffix_matches(glob, path, len);
  case OS2_GLOB_NODES:
    return nodes_match(glob, path, len);
  }
  return false;
}

/* Whether a text that paths are, or start with, reaches below the directory. */
static bool text_reaches_below(const os2_glob *glob, const char *dir, size_t len) {
  if (glob->len <= len) {
    return glob->kind == OS2_GLOB_PREFIX && memcmp(dir, glob->text, glob->len) == 0;
  }
  return memcmp(glob->text, dir, len) == 0 && glob->text[len] == '/';
}

static bool nodes_reach_below(const os2_glob *glob, const char *dir, size_t len) {
  state_set set;
  run(glob, dir, len, true, &set);
  for (size_t i = 0; i < glob->node_count; i++) {
    if (set_has(&set, i)) return true;
  }
  return false;
}

bool os2_glob_may_match_below(const os2_glob *glob, const char *dir, size_t len) {
  switch (glob->kind) {
  case OS2_GLOB_EXACT:
  case OS2_GLOB_PREFIX:
    return text_reaches_below(glob, dir, len);
  case OS2_GLOB_SUFFIX:
    return true;
  case OS2_GLOB_NODES:
    return nodes_reach_below(glob, dir, len);
  }
  return false;
}
