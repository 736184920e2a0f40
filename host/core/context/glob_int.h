/* glob: what the parts of the pattern compiler share. */
#ifndef OS2_CORE_CONTEXT_GLOB_INT_H
#define OS2_CORE_CONTEXT_GLOB_INT_H

#include "core/context/glob.h"

/* Rules that the check and the compiler of the expression report. */
#define OS2_GLOB_OPEN_CLASS "a class [...] needs its closing bracket"
#define OS2_GLOB_LATE_ESCAPE "a backslash needs a character behind it"

/* How the expression says "any character of a name" and "whole directories". */
#define OS2_GLOB_NOT_SLASH "[^/]"
#define OS2_GLOB_DIRECTORIES "(.*/)?"

/* Reads a pattern while it is checked and written, and the expression while it is compiled. */
typedef struct os2_glob_reader {
  const char *at;
  const char *end;
} os2_glob_reader;

/* Returns the number of bytes that are left. */
size_t os2_glob_left(const os2_glob_reader *r);

/* Returns true when the rest starts with the text. */
bool os2_glob_starts(const os2_glob_reader *r, const char *text);

/* Moves behind the text when the rest starts with it; returns whether it does. */
bool os2_glob_skip(os2_glob_reader *r, const char *text);

/* Reads one code point; there must be one. */
uint32_t os2_glob_next_rune(os2_glob_reader *r);

/* Checks that the pattern is well-formed (Go's filepath.Match). Returns NULL, or the rule that it
   breaks. */
const char *os2_glob_check(const char *pattern, size_t len);

/* Writes the pattern's expression (moby/patternmatcher). Returns its text, of *out_len bytes, which
   the caller frees, and sets the kind of match that the pattern needs. */
char *os2_glob_write(const char *pattern, size_t len, size_t *out_len, os2_glob_kind *kind);

#endif
