/* glob: writes the regular expression of a pattern, as moby/patternmatcher does. */
#include <string.h>

#include "core/base/mem.h"
#include "core/context/glob_int.h"

typedef struct writer {
  char *text; /* has room for the longest expansion, see os2_glob_write */
  size_t len;
  os2_glob_kind kind;
} writer;

static void glob_write_text(writer *w, const char *text, size_t len) {
  memcpy(w->text + w->len, text, len);
  w->len += len;
}

/* Called after `**`. At the end of the pattern it matches everything that is left; elsewhere it
   matches whole directories. */
static void glob_write_stars(writer *w, os2_glob_reader *r, bool is_first) {
  os2_glob_skip(r, "/");
  if (os2_glob_left(r) > 0) {
    glob_write_text(w, OS2_GLOB_DIRECTORIES, strlen(OS2_GLOB_DIRECTORIES));
    w->kind = OS2_GLOB_NODES;
  } else if (w->kind == OS2_GLOB_EXACT) {
    w->kind = OS2_GLOB_PREFIX;
  } else {
    glob_write_text(w, ".*", 2);
    w->kind = OS2_GLOB_NODES;
  }
  if (is_first) w->kind = OS2_GLOB_SUFFIX;
}

/* Writes a backslash and the whole character after it. */
static void glob_write_escape(writer *w, os2_glob_reader *r) {
  const char *from = r->at - 1;
  if (os2_glob_left(r) > 0) os2_glob_next_rune(r);
  glob_write_text(w, from, (size_t)(r->at - from));
  w->kind = OS2_GLOB_NODES;
}

static void glob_write_one(writer *w, os2_glob_reader *r, bool is_first) {
  if (os2_glob_skip(r, "**")) {
    glob_write_stars(w, r, is_first);
  } else if (os2_glob_skip(r, "*")) {
    glob_write_text(w, OS2_GLOB_NOT_SLASH "*", strlen(OS2_GLOB_NOT_SLASH "*"));
    w->kind = OS2_GLOB_NODES;
  } else if (os2_glob_skip(r, "?")) {
    glob_write_text(w, OS2_GLOB_NOT_SLASH, strlen(OS2_GLOB_NOT_SLASH));
    w->kind = OS2_GLOB_NODES;
  } else if (os2_glob_skip(r, "\\")) {
    glob_write_escape(w, r);
  } else {
    if (strchr(".+()|{}$", *r->at) != NULL && *r->at != '\0') glob_write_text(w, "\\", 1);
    if (*r->at == '[' || *r->at == ']') w->kind = OS2_GLOB_NODES;
    glob_write_text(w, r->at++, 1);
  }
}

char *os2_glob_write(const char *pattern, size_t len, size_t *out_len, os2_glob_kind *kind) {
  os2_glob_reader r = {pattern, pattern + len};
  /* `*` and `?` expand most: one byte becomes five. */
  writer w = {os2_mem_resize(NULL, len, strlen(OS2_GLOB_NOT_SLASH "*")), 0, OS2_GLOB_EXACT};
  while (os2_glob_left(&r) > 0) glob_write_one(&w, &r, r.at == pattern);
  *out_len = w.len;
  *kind = w.kind;
  return w.text;
}
