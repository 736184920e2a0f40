/* context: a build context, which is first listed and then read as a tar stream. The functions
   block on the disk and share no state, so a context may be used on any thread, by one thread at a
   time. */
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
  const char *root; /* the directory; may be a symbolic link */
  /* path relative to the working directory, as docker's -f is; NULL: "Dockerfile", then
     "dockerfile", in root */
  const char *dockerfile;
  /* content of a Dockerfile that is not in a file; NULL: the Dockerfile is a file */
  const char *dockerfile_text;
  size_t dockerfile_len;
  /* ignore rules; NULL: the file <dockerfile>.dockerignore, or if there is none .dockerignore in
     root, as BuildKit does */
  const char *ignore_text;
  size_t ignore_len;
  /* files and links that may be listed; others count as ignored. NULL: all. Must outlive the
     listing */
  const os2_path_set *only;
  const atomic_bool *cancel; /* listing and reading end when it becomes true; may be NULL */
} os2_context_options;

/* Totals of a context. */
typedef struct os2_context_stats {
  size_t files; /* files and links; directories do not count */
  /* paths that the rules exclude; a directory that need not be opened counts as one */
  size_t ignored;
  uint64_t bytes;    /* content of the files, in bytes */
  uint64_t tar_size; /* bytes of the whole tar stream */
} os2_context_stats;

/* Lists the context and makes *out, which the caller frees with os2_context_close. The strings of
   the options are needed during the call only; `cancel` must outlive the context.
   The list holds directories, files and symbolic links; a link is listed as a link and never
   followed. Sockets, FIFOs and devices are skipped with a notice.
   Returns 0, or -1 with err: OS2_NOT_FOUND (the context or the Dockerfile does not exist),
   OS2_INVALID (not a directory, not a file, a bad ignore rule), OS2_DENIED (something that is not
   ignored cannot be read), OS2_CANCELLED. */
int os2_context_open(os2_context **out, const os2_context_options *options, os2_err *err);

/* Frees the context and every text it has returned. NULL is allowed and does nothing. */
void os2_context_close(os2_context *ctx);

/* Returns the totals, which are owned by the context. */
const os2_context_stats *os2_context_count(const os2_context *ctx);

/* Returns the value of the build's `dockerfile` parameter, owned by the context. It is the
   Dockerfile's path in the context. When the Dockerfile lies outside of the context, is ignored, is
   a symbolic link or a text, it is sent under the generated name `.dockerfile.<16 hex digits>`.
   That name depends on nothing but the Dockerfile's own name, so it does not invalidate the build
   cache of a COPY. */
const char *os2_context_dockerfile(const os2_context *ctx);

/* Returns the path with that index (from 0) of those that are sent, NULL after the last one; owned
   by the context. Paths are sorted within each directory, and the path of a directory ends with a
   slash. A Dockerfile under a generated name comes first. */
const char *os2_context_path(const os2_context *ctx, size_t index);

/* Returns one line about something that was skipped, by index from 0, NULL after the last one;
   owned by the context. */
const char *os2_context_notice(const os2_context *ctx, size_t index);

/* Reads the next bytes of the tar stream; the buffer is filled unless the stream ends. Returns the
   number of bytes, 0 at the end, or -1 with err: OS2_CONFLICT when a file has vanished or changed
   its size since it was listed, because the archive could not be valid any more. After an error
   only os2_context_rewind and os2_context_close may be called.
   The first member is the Dockerfile, with a plain ustar header: otherwise BuildKit would take the
   archive itself for a Dockerfile. */
ssize_t os2_context_read(os2_context *ctx, void *buffer, size_t len, os2_err *err);

/* Restarts the stream from its beginning. */
void os2_context_rewind(os2_context *ctx);

#endif
