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

/* Where the stream stands. Bytes come from `pending` first, then from the open file or the text. */

typedef struct os2_context_stream {
  size_t next;   /* member to start next: 0 the Dockerfile, 1 the rules, then the entries */
  bool is_begun; /* the head of the file in which a nested archive lies was written */
  char *pending; /* a header, padding, or the end of the archive */
  size_t pending_room;
  size_t pending_len;
  size_t pending_at;
  bool in_member;
  const os2_tar_entry *member; /* the one that is sent; only while in_member */
  bool ended;
  const char *text; /* the member's contents, where they are no file's */
  int fd;           /* of the member's file, -1 when the text is sent */
  uint64_t left;
  os2_dir_cursor dir;
} os2_context_stream;

struct os2_context {
  char *root; /* as the caller gave it; for messages */
  int root_fd;
  const atomic_bool *cancel;
  const os2_path_set *only;
  os2_ignore *ignore;
  os2_ignore *include;   /* what may be listed at all; NULL: everything */
  bool is_unread_listed; /* what cannot be read is listed all the same, and said in `unread` */
  bool is_directory_unread;
  bool is_for_tar; /* what only a tar tells is looked for */
  os2_err unread;  /* of the first thing that cannot be read */
  os2_context_entry *entries;
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
  os2_tar_entry rules; /* the second, in place of the listed .dockerignore; without a path: none */
  char *rules_text;
  bool *selected;     /* of the entries; NULL: all are */
  os2_tar_entry nest; /* the file in which the archive lies; without a path: it lies in none */
  os2_tar_entry
      nest_root; /* the only member where nothing else is; without a path: there is more */
  char **texts;  /* of the entries of a list that is no directory's; else NULL */
  os2_context_stream stream;
};

/* Returns a copy of len bytes that lives as long as the context. */
const char *os2_context_keep(os2_context *ctx, const char *bytes, size_t len);

/* Returns true when the owner has set the `cancel` flag; then fills err with OS2_CANCELLED. */
bool os2_context_is_cancelled(const os2_context *ctx, os2_err *err);

/* The whole of an open file, made by malloc, with a NUL behind it; NULL with errno. */
char *os2_context_read_all(int fd, size_t *len);

/* Opens a file of ignore rules. A FIFO or a device may have no end: EINVAL. */
int os2_context_open_rules(const char *path);

/* Opens the contents of a listed file and makes sure that there is as much as was listed. */
int os2_context_open_listed(os2_context *ctx, const char *path, uint64_t size, os2_err *err);

/* The entry, if it is a member of a nested archive; NULL otherwise. */
const os2_tar_entry *os2_context_nested_member(const os2_context *ctx, size_t index);

/* Fills entries, notices and the counts. */
int os2_context_walk(os2_context *ctx, os2_err *err);

#endif
