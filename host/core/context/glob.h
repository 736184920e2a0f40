/* glob: one .dockerignore pattern, compiled and matched as BuildKit does. A compiled pattern does
   not change, so any thread may use it. */
#ifndef OS2_CORE_CONTEXT_GLOB_H
#define OS2_CORE_CONTEXT_GLOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest pattern, in bytes. A line that is longer than a path can be matches nothing
   anyway. */
enum { OS2_GLOB_MAX_BYTES = 4096 };

typedef enum os2_glob_kind {
  OS2_GLOB_EXACT,  /* the text is the whole path */
  OS2_GLOB_PREFIX, /* the path starts with the text: `dir/` for the pattern `dir` `/` `**` */
  OS2_GLOB_SUFFIX, /* the path ends with the text; the pattern begins with `**` */
  OS2_GLOB_NODES   /* any other pattern: a sequence of nodes */
} os2_glob_kind;

typedef enum os2_glob_op {
  OS2_GLOB_CHAR,        /* exactly one code point */
  OS2_GLOB_SET,         /* one code point of a set; a negated set contains "/" and newline */
  OS2_GLOB_SET_STAR,    /* any number of code points of a set */
  OS2_GLOB_LINE_STAR,   /* any number of code points other than newline */
  OS2_GLOB_DIRS,        /* nothing, or whole directories with their slash; an INSIDE node follows */
  OS2_GLOB_DIRS_INSIDE, /* inside those directories */
  OS2_GLOB_BEGIN,       /* matches only at the start of the path */
  OS2_GLOB_END,         /* matches only at the end of the path */
  OS2_GLOB_WORD_EDGE,   /* matches between a word character and another character */
  OS2_GLOB_NOT_WORD_EDGE /* matches everywhere else */
} os2_glob_op;

typedef struct os2_glob_range {
  uint32_t low;
  uint32_t high;
} os2_glob_range;

typedef struct os2_glob_node {
  os2_glob_op op;
  bool negated;   /* of a set: it contains all other code points */
  uint32_t value; /* a code point, or the index of a set's first range */
  uint32_t count; /* number of ranges of the set */
} os2_glob_node;

typedef struct os2_glob {
  os2_glob_kind kind;
  /* EXACT, PREFIX, SUFFIX: the text to compare; NODES: the literal end of every match */
  char *text;
  size_t len;
  os2_glob_node *nodes;
  size_t node_count;
  os2_glob_range *ranges;
  size_t range_count;
} os2_glob;

/* Compiles a cleaned pattern (without `!` and leading slash). Returns NULL on success; the caller
   then frees the pattern's contents with os2_glob_free. Otherwise returns the rule that the pattern
   breaks, as half a sentence ("a class [...] needs its closing bracket"), and there is nothing to
   free. Rules: moby/patternmatcher, which first checks with Go's filepath.Match whether the pattern
   is well-formed and then matches with a regular expression. */
const char *os2_glob_compile(os2_glob *glob, const char *pattern, size_t len);

/* Frees the contents of the struct, not the struct itself. */
void os2_glob_free(os2_glob *glob);

/* Returns true when the pattern matches the whole path (relative, with slashes, without a trailing
   one). The time is at most proportional to the length of the path times that of the pattern. */
bool os2_glob_match(const os2_glob *glob, const char *path, size_t len);

/* Returns true when the pattern could match a path below the directory. */
bool os2_glob_may_match_below(const os2_glob *glob, const char *dir, size_t len);

#endif
