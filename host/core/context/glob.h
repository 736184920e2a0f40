/* glob: one .dockerignore pattern, compiled and matched as BuildKit does. */
#ifndef OS2_CORE_CONTEXT_GLOB_H
#define OS2_CORE_CONTEXT_GLOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest pattern; a line longer than a path can be matches nothing anyway. */
enum { OS2_GLOB_MAX = 4096 };

typedef enum os2_glob_kind {
  OS2_GLOB_EXACT,  /* the text is the path */
  OS2_GLOB_PREFIX, /* the path starts with the text: `dir/` from the pattern `dir` `/` `**` */
  OS2_GLOB_SUFFIX, /* the path ends in the text, which comes from a leading `**` */
  OS2_GLOB_NODES   /* everything else: the nodes of an expression */
} os2_glob_kind;

typedef enum os2_glob_op {
  OS2_GLOB_CHAR,         /* one code point */
  OS2_GLOB_SET,          /* one of a set; a negated set holds "/" and newline too */
  OS2_GLOB_SET_STAR,     /* any number of a set */
  OS2_GLOB_LINE_STAR,    /* any number of anything but newline */
  OS2_GLOB_DIRS,         /* nothing, or whole directories with their slash; an INSIDE follows */
  OS2_GLOB_DIRS_INSIDE,  /* within those directories */
  OS2_GLOB_BEGIN,        /* only at the head of the path */
  OS2_GLOB_END,          /* only at its end */
  OS2_GLOB_WORD_EDGE,    /* between a word's character and another */
  OS2_GLOB_NOT_WORD_EDGE /* everywhere else */
} os2_glob_op;

typedef struct os2_glob_range {
  uint32_t low;
  uint32_t high;
} os2_glob_range;

typedef struct os2_glob_node {
  os2_glob_op op;
  bool negated;   /* of a set */
  uint32_t value; /* a code point, or where a set's ranges start */
  uint32_t count; /* how many ranges */
} os2_glob_node;

typedef struct os2_glob {
  os2_glob_kind kind;
  char *text; /* EXACT, PREFIX, SUFFIX: what is compared; NODES: the literal tail of every match */
  size_t len;
  os2_glob_node *nodes;
  size_t node_count;
  os2_glob_range *ranges;
  size_t range_count;
} os2_glob;

/* Compiles a cleaned pattern (no `!`, no leading slash). Returns NULL, or the rule that the pattern
   breaks as half a sentence ("a class [...] needs its closing bracket"); nothing is left to free
   then. Rules: moby/patternmatcher, which first asks Go's filepath.Match whether the pattern is
   well formed and then matches with a regular expression. */
const char *os2_glob_compile(os2_glob *glob, const char *pattern, size_t len);

/* Frees what it holds, not the structure. */
void os2_glob_free(os2_glob *glob);

/* Whether the pattern matches this whole path (relative, slashes, no trailing one). Takes time
   proportional to path times pattern, whatever the pattern. */
bool os2_glob_match(const os2_glob *glob, const char *path, size_t len);

/* Whether the pattern could match some path below this directory. */
bool os2_glob_may_match_below(const os2_glob *glob, const char *dir, size_t len);

#endif
