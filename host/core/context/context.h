/* context: a build context, which is first listed and then read as a tar stream. The functions
   block on the disk and share no state, so a context may be used on any thread, by one thread at a
   time. */
#ifndef OS2_CORE_CONTEXT_CONTEXT_H
#define OS2_CORE_CONTEXT_CONTEXT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/err.h"
#include "core/base/path_set.h"
#include "core/context/tar.h"

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
  const os2_path_set *only;  /* files and links that may be listed; NULL: all. Counted as ignored
                                otherwise; must outlive the context */
  bool is_unread_listed;     /* what cannot be read is listed all the same: only who sends it
                                fails (os2_context_check_read) */
  const atomic_bool *cancel; /* when it turns true, listing and reading end; may be NULL */
} os2_context_options;

/* What is told of a file beside what a tar says: sizes and times as they are, to the nanosecond. */
typedef struct os2_context_stamp {
  uint64_t size;  /* also of a hard link */
  int64_t mtime;  /* nanoseconds since 1970 */
  int64_t ctime;  /* the same */
  uint64_t inode; /* with the device's number in it */
} os2_context_stamp;

typedef struct os2_context_entry {
  os2_tar_entry tar;
  os2_context_stamp stamp;
} os2_context_entry;

/* What a context holds. */
typedef struct os2_context_stats {
  size_t files;       /* files and links, without directories */
  size_t ignored;     /* left out by rules; a directory that need not be opened counts as one */
  uint64_t bytes;     /* contents of the files */
  uint64_t tar_size;  /* bytes that os2_context_read gives in all */
  size_t taken_files; /* what os2_context_select found, as files and bytes */
  uint64_t taken_bytes;
  size_t capable; /* files with capabilities, which the tar has and a session has no room for */
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

/* Whether that is such a generated name. */
bool os2_context_is_generated(const os2_context *ctx);

/* The paths that are sent, sorted within each directory (index from 0, NULL behind the last); that
   of a directory ends in a slash. A Dockerfile under a generated name comes first. */
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

/* Marks what these paths of the context (see os2_context_filter.follow; NULL: all) and their links
   lead to, with the directories above it. Reads directories; errors are those of os2_follow and
   OS2_INVALID (a bad pattern). */
int os2_context_select(os2_context *ctx, const char *const *sources, os2_err *err);

/* Makes the stream an archive of one file, `name`, which is the archive of what is selected. So it
   passes who keeps nothing but names, modes and contents of files. No Dockerfile and no rules are
   told apart in it, and every member has this mtime (seconds since 1970): the bytes depend on
   paths, modes, links and contents only. Call it once, before anything is read. */
void os2_context_nest(os2_context *ctx, const char *name, int64_t mtime);

/* Whether an entry is marked; all are where nothing was selected. */
bool os2_context_is_selected(const os2_context *ctx, size_t index);

/* Fails with OS2_DENIED where something that is listed cannot be read. */
int os2_context_check_read(const os2_context *ctx, os2_err *err);

/* ---- lists of their own, as an engine asks for them by its session ---- */

/* What of a directory is listed: lists of patterns, NULL at their ends; each may be NULL. */
typedef struct os2_context_filter {
  const char *const *exclude; /* see os2_ignore_from_list */
  const char *const *include; /* nothing else is listed, but the directories above it */
  const char *const *follow;  /* as include, and what their symbolic links lead to */
} os2_context_filter;

/* Lists the context's directory anew by other rules than its own. No Dockerfile is told apart.
   `from` must outlive the list. Errors as of os2_context_open; a file that cannot be read is
   listed. */
int os2_context_list(os2_context **out, const os2_context *from, const os2_context_filter *filter,
                     const atomic_bool *cancel, os2_err *err);

/* Lists the Dockerfile, under os2_context_dockerfile_name, and the ignore file that is its own, as
   if nothing else stood in their directory. Their times are made of what is in them, so that no
   change is missed. */
int os2_context_list_dockerfile(os2_context **out, const os2_context *from, os2_err *err);

/* Lists .dockerignore alone, in the same way; nothing where there is none. */
int os2_context_list_rules(os2_context **out, const os2_context *from, os2_err *err);

/* The Dockerfile's own name: "Dockerfile" for a text. */
const char *os2_context_dockerfile_name(const os2_context *ctx);

/* What is listed: in byte order of the names within a directory, a directory before what is in it.
   NULL behind the last. */
const os2_context_entry *os2_context_entry_at(const os2_context *ctx, size_t index);

/* How many there are. */
size_t os2_context_length(const os2_context *ctx);

/* What is said of a file that is not what was listed any more: OS2_INVALID. */
int os2_context_fail_changed(const os2_context *ctx, const char *path, os2_err *err);

/* Opens the contents of a file that is listed, at least as long as listed: a descriptor, which is
   the caller's; -1 with OS2_INVALID when it is not there any more or shorter. */
int os2_context_open_entry(os2_context *ctx, size_t index, os2_err *err);

/* Starts the stream again from its beginning. */
void os2_context_rewind(os2_context *ctx);

#endif
