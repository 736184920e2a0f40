/* context: a build context, listed first and then read as a tar stream. */
#ifndef OS2_CORE_CONTEXT_CONTEXT_H
#define OS2_CORE_CONTEXT_CONTEXT_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/err.h"
#include "core/base/path_set.h"

typedef struct os2_context os2_context;

typedef struct os2_context_options {
  const char *root;            /* the directory; may be a symbolic link */
  const char *dockerfile;      /* path, relative to the working directory as docker's -f is; NULL:
                                  Dockerfile, then dockerfile, in root */
  const char *dockerfile_text; /* contents of a Dockerfile that is no file; NULL: it is one */
  size_t dockerfile_len;
  const char *ignore_text; /* rules; NULL: <dockerfile>.dockerignore if there is one, then it
                              alone, else .dockerignore in root, as BuildKit has it */
  size_t ignore_len;
  const os2_path_set *only;  /* files and links that may be listed; NULL: all. Counted as ignored
                                otherwise; must outlive the listing */
  const atomic_bool *cancel; /* when it turns true, listing and reading end; may be NULL */
} os2_context_options;

/* What a context holds. */
typedef struct os2_context_stats {
  size_t files;      /* files and links, without directories */
  size_t ignored;    /* left out by rules; a directory that need not be opened counts as one */
  uint64_t bytes;    /* contents of the files */
  uint64_t tar_size; /* bytes that os2_context_read gives in all */
} os2_context_stats;

/* Lists the context. Touches nothing but its arguments, so it may run on any thread. Names of the
   options that are strings need not outlive the call, cancel must outlive the context.
   What is listed: directories, files and symbolic links, these as they are and never followed.
   Sockets, FIFOs and devices are skipped with a notice. Errors: OS2_NOT_FOUND (no such context or
   Dockerfile), OS2_INVALID (not a directory, not a file, a bad ignore rule), OS2_DENIED (something
   that is not ignored cannot be read), OS2_CANCELLED. */
int os2_context_open(os2_context **out, const os2_context_options *options, os2_err *err);

/* Frees it with all that it gave; NULL is passed over. */
void os2_context_close(os2_context *ctx);

/* The numbers of what was listed; valid as long as the context. */
const os2_context_stats *os2_context_count(const os2_context *ctx);

/* The value of the build's `dockerfile` parameter: the Dockerfile's path in the context, or, when
   it lies outside, is ignored, is a symbolic link or a text, the generated name
   `.dockerfile.<16 hex digits>` that it is sent under. The name only depends on the Dockerfile's
   own, so that it does not spoil the cache of COPY. */
const char *os2_context_dockerfile(const os2_context *ctx);

/* The paths that are sent, sorted within each directory (index from 0, NULL behind the last); that
   of a directory ends in a slash. A Dockerfile under a generated name comes first. */
const char *os2_context_path(const os2_context *ctx, size_t index);

/* One line about something that was skipped (index from 0, NULL behind the last). */
const char *os2_context_notice(const os2_context *ctx, size_t index);

/* Reads on in the tar stream; fills the buffer unless the stream ends. Returns the bytes, 0 at the
   end, -1 on an error: OS2_CONFLICT when a file has changed its size or vanished since it was
   listed, which cannot be sent as a sound archive. After an error only rewind or close.
   The first member is the Dockerfile, with a plain ustar header: BuildKit takes the archive for a
   Dockerfile otherwise. */
ssize_t os2_context_read(os2_context *ctx, void *buffer, size_t len, os2_err *err);

/* Starts the stream again from its beginning. */
void os2_context_rewind(os2_context *ctx);

#endif
