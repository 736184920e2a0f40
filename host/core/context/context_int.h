/* context_int: what the parts of context share. */
#ifndef OS2_CORE_CONTEXT_CONTEXT_INT_H
#define OS2_CORE_CONTEXT_CONTEXT_INT_H

#include <stdbool.h>

#include "core/base/dir_cursor.h"
#include "core/context/context.h"
#include "core/context/ignore.h"
#include "core/context/tar.h"

enum { OS2_CONTEXT_NO_ENTRY = -1 };

/* Strings of the list, packed: freed all at once. */
typedef struct os2_string_chunk {
  struct os2_string_chunk *next;
  size_t used;
  size_t room;
  char bytes[];
} os2_string_chunk;

/* Where the stream stands. Bytes come from `pending` first, then from the open file or the text. */
typedef struct os2_context_stream {
  size_t next;   /* member to start next: 0 the Dockerfile, then the entries */
  char *pending; /* a header, padding, or the end of the archive */
  size_t pending_room;
  size_t pending_len;
  size_t pending_at;
  bool in_member;
  bool ended;
  int fd; /* of the member's file, -1 when the text is sent */
  uint64_t left;
  os2_dir_cursor dir;
} os2_context_stream;

struct os2_context {
  char *root; /* as given, for messages */
  int root_fd;
  const atomic_bool *cancel;
  const os2_path_set *only; /* while it is listed */
  os2_ignore *ignore;
  os2_tar_entry *entries;
  size_t count;
  size_t room;
  os2_string_chunk *strings;
  char **notices;
  size_t notice_count;
  os2_context_stats stats;
  char *dockerfile_path;    /* to be opened; NULL when it is a text */
  char *dockerfile_inside;  /* its path in the context, NULL when it lies outside */
  char *dockerfile_text;    /* its contents when it is no file */
  long dockerfile_entry;    /* its index when the listed file itself is sent first */
  os2_tar_entry dockerfile; /* the first member */
  os2_context_stream stream;
};

/* A copy of len bytes that lives as long as the context. */
const char *os2_context_keep(os2_context *ctx, const char *bytes, size_t len);

/* Whether the owner has set the flag it gave; then err says so. */
bool os2_context_is_cancelled(const os2_context *ctx, os2_err *err);

/* Fills entries, notices and the counts. */
int os2_context_walk(os2_context *ctx, os2_err *err);

#endif
