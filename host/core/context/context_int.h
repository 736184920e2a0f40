/* context_int: the internal declarations that the files of context share. */
#ifndef OS2_CORE_CONTEXT_CONTEXT_INT_H
#define OS2_CORE_CONTEXT_CONTEXT_INT_H

#include <stdbool.h>

#include "core/base/dir_cursor.h"
#include "core/context/context.h"
#include "core/context/ignore.h"
#include "core/context/tar.h"

enum { OS2_CONTEXT_NO_ENTRY = -1 };

/* A block of the arena for the list's strings; all blocks are freed together. */
typedef struct os2_string_chunk {
  struct os2_string_chunk *next;
  size_t used;
  size_t room;
  char bytes[];
} os2_string_chunk;

/* The read position of the tar stream. Bytes are taken from `pending` first, then from the open
   file or the text. */
typedef struct os2_context_stream {
  size_t next;   /* the member to start next: 0 the Dockerfile, then the entries */
  char *pending; /* a header, padding, or the end of the archive */
  size_t pending_room;
  size_t pending_len;
  size_t pending_at;
  bool in_member;
  bool ended;
  int fd; /* descriptor of the member's file; -1 when a text is sent */
  uint64_t left;
  os2_dir_cursor dir;
} os2_context_stream;

struct os2_context {
  char *root; /* as the caller gave it; for messages */
  int root_fd;
  const atomic_bool *cancel;
  const os2_path_set *only; /* valid while the context is listed */
  os2_ignore *ignore;
  os2_tar_entry *entries;
  size_t count;
  size_t room;
  os2_string_chunk *strings;
  char **notices;
  size_t notice_count;
  os2_context_stats stats;
  char *dockerfile_path;   /* the Dockerfile to open; NULL when it is a text */
  char *dockerfile_inside; /* its path in the context; NULL when it lies outside */
  char *dockerfile_text;   /* its content, when it is not a file */
  /* its index among the entries, when the listed file itself is sent first */
  long dockerfile_entry;
  os2_tar_entry dockerfile; /* the first member */
  os2_context_stream stream;
};

/* Returns a copy of len bytes that lives as long as the context. */
const char *os2_context_keep(os2_context *ctx, const char *bytes, size_t len);

/* Returns true when the owner has set the `cancel` flag; then fills err with OS2_CANCELLED. */
bool os2_context_is_cancelled(const os2_context *ctx, os2_err *err);

/* Walks the tree and fills entries, notices and totals. Returns 0, or -1 with err. */
int os2_context_walk(os2_context *ctx, os2_err *err);

#endif
