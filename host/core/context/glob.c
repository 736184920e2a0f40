/* glob: matches paths against a compiled pattern, following all states at the same time. */
#include "core/context/glob.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/utf8.h"

enum { WORD_BITS = 64, SET_WORDS = OS2_GLOB_MAX_BYTES / WORD_BITS + 1 };

/* One bit for each node at which the match may continue; the bit after the last node means
   success. */
typedef struct state_set {
  uint64_t bits[SET_WORDS];
} state_set;

/* The position between two code points; 0 stands for the start and the end of the path. */
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

static void glob_set_add(state_set *set, size_t state) {
  set->bits[state / WORD_BITS] |= UINT64_C(1) << (state % WORD_BITS);
}

static bool glob_set_has(const state_set *set, size_t state) {
  return (set->bits[state / WORD_BITS] >> (state % WORD_BITS) & 1) != 0;
}

static size_t glob_words_of(const os2_glob *glob) { return glob->node_count / WORD_BITS + 1; }

static void glob_set_clear(state_set *set, const os2_glob *glob) {
  memset(set->bits, 0, glob_words_of(glob) * sizeof set->bits[0]);
}

static bool glob_set_is_empty(const state_set *set, const os2_glob *glob) {
  for (size_t i = 0; i < glob_words_of(glob); i++) {
    if (set->bits[i] != 0) return false;
  }
  return true;
}

static bool glob_is_word(uint32_t c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

static bool glob_in_ranges(const os2_glob *glob, const os2_glob_node *node, uint32_t c) {
  const os2_glob_range *ranges = glob->ranges + node->value;
  for (size_t i = 0; i < node->count; i++) {
    if (c >= ranges[i].low && c <= ranges[i].high) return true;
  }
  return false;
}

/* Returns true when the node consumes this code point. */
static bool glob_takes(const os2_glob *glob, const os2_glob_node *node, uint32_t c) {
  switch (node->op) {
  case OS2_GLOB_CHAR:
    return c == node->value;
  case OS2_GLOB_SET:
  case OS2_GLOB_SET_STAR:
    return glob_in_ranges(glob, node, c) != node->negated;
  case OS2_GLOB_LINE_STAR:
  case OS2_GLOB_DIRS_INSIDE:
    return c != '\n';
  default:
    return false;
  }
}

/* Returns true when the match may skip the node without consuming a code point. */
static bool glob_passes(const os2_glob_node *node, const place *at) {
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
    return glob_is_word(at->before) != glob_is_word(at->next);
  case OS2_GLOB_NOT_WORD_EDGE:
    return glob_is_word(at->before) == glob_is_word(at->next);
  default:
    return false;
  }
}

/* Adds the states that are reached without consuming a code point. They all have higher indexes, so
   one pass is enough. */
static void glob_close_set(const os2_glob *glob, state_set *set, const place *at) {
  for (size_t i = 0; i < glob->node_count; i++) {
    const os2_glob_node *node = &glob->nodes[i];
    if (!glob_set_has(set, i) || !glob_passes(node, at)) continue;
    glob_set_add(set, i + 1);
    if (node->op == OS2_GLOB_DIRS) glob_set_add(set, i + 2);
  }
}

/* Computes the states after the code point c. */
static void glob_step(const os2_glob *glob, const state_set *from, uint32_t c, state_set *to) {
  glob_set_clear(to, glob);
  for (size_t i = 0; i < glob->node_count; i++) {
    const os2_glob_node *node = &glob->nodes[i];
    if (!glob_set_has(from, i) || !glob_takes(glob, node, c)) continue;
    bool stays = node->op == OS2_GLOB_SET_STAR || node->op == OS2_GLOB_LINE_STAR;
    bool inside = node->op == OS2_GLOB_DIRS_INSIDE;
    if (stays || inside) glob_set_add(to, i);
    if (!stays && (!inside || c == '/')) glob_set_add(to, i + 1);
  }
}

/* Runs over the path and, when `below` is set, over the slash that follows it. */
static void glob_run(const os2_glob *glob, const char *path, size_t len, bool below,
                     state_set *set) {
  state_set other;
  place at = {0, 0};
  size_t done = 0;
  size_t size = 0;
  glob_set_clear(set, glob);
  glob_set_add(set, 0);
  while (done < len + (below ? 1 : 0) && !glob_set_is_empty(set, glob)) {
    at.next = done < len ? os2_utf8_decode(path + done, len - done, &size) : '/';
    glob_close_set(glob, set, &at);
    glob_step(glob, set, at.next, &other);
    memcpy(set->bits, other.bits, glob_words_of(glob) * sizeof other.bits[0]);
    at.before = at.next;
    done += done < len ? size : 1;
  }
  at.next = 0;
  glob_close_set(glob, set, &at);
}

static bool glob_ends_in(const os2_glob *glob, const char *path, size_t len) {
  return len >= glob->len && memcmp(path + len - glob->len, glob->text, glob->len) == 0;
}

static bool glob_nodes_match(const os2_glob *glob, const char *path, size_t len) {
  if (!glob_ends_in(glob, path, len)) return false;
  state_set set;
  glob_run(glob, path, len, false, &set);
  return glob_set_has(&set, glob->node_count);
}

/* A leading `**` with a slash after it also matches at the root, where there is no slash. */
static bool glob_suffix_matches(const os2_glob *glob, const char *path, size_t len) {
  if (glob_ends_in(glob, path, len)) return true;
  return glob->text[0] == '/' && len == glob->len - 1 && memcmp(path, glob->text + 1, len) == 0;
}

bool os2_glob_match(const os2_glob *glob, const char *path, size_t len) {
  switch (glob->kind) {
  case OS2_GLOB_EXACT:
    return len == glob->len && memcmp(path, glob->text, len) == 0;
  case OS2_GLOB_PREFIX:
    return len >= glob->len && memcmp(path, glob->text, glob->len) == 0;
  case OS2_GLOB_SUFFIX:
    return glob_suffix_matches(glob, path, len);
  case OS2_GLOB_NODES:
    return glob_nodes_match(glob, path, len);
  }
  return false;
}

/* Returns true when a path that has the text as its prefix, or as the whole, could lie below the
   directory. */
static bool glob_text_reaches_below(const os2_glob *glob, const char *dir, size_t len) {
  if (glob->len <= len) {
    return glob->kind == OS2_GLOB_PREFIX && memcmp(dir, glob->text, glob->len) == 0;
  }
  return memcmp(glob->text, dir, len) == 0 && glob->text[len] == '/';
}

static bool glob_nodes_reach_below(const os2_glob *glob, const char *dir, size_t len) {
  state_set set;
  glob_run(glob, dir, len, true, &set);
  for (size_t i = 0; i < glob->node_count; i++) {
    if (glob_set_has(&set, i)) return true;
  }
  return false;
}

bool os2_glob_may_match_below(const os2_glob *glob, const char *dir, size_t len) {
  switch (glob->kind) {
  case OS2_GLOB_EXACT:
  case OS2_GLOB_PREFIX:
    return glob_text_reaches_below(glob, dir, len);
  case OS2_GLOB_SUFFIX:
    return true;
  case OS2_GLOB_NODES:
    return glob_nodes_reach_below(glob, dir, len);
  }
  return false;
}
