/* compiled: os2's own Lua files as they were when os2 was built, with their bytecode. They stand in
   the program itself: there is no bytecode file that could be foreign, torn or of another Lua. */
#ifndef OS2_COMPILED_H
#define OS2_COMPILED_H

#include <stdbool.h>
#include <stddef.h>

enum { HOST_COMPILED_DIGEST_BYTES = 16 };

/* What one file has in host_compiled_bytes, one after the other. The chunk's name stands between
   head and tail, with its size (dump_name.h): the name is that of the file that is loaded, wherever
   the tree stands by then. */
typedef struct host_compiled {
  const char *name; /* below share/os2, or below a directory of Lua's own path */
  size_t offset;    /* of the head */
  size_t source_len, head_len, tail_len;
  unsigned char digest[HOST_COMPILED_DIGEST_BYTES]; /* XXH128 of the source, canonical */
} host_compiled;

/* Made by host/compile.c; in the order of the names. */
extern const host_compiled host_compiled_files[];
extern const size_t host_compiled_count;
extern const char host_compiled_bytes[];

/* Returns the file of that name, or NULL. */
const host_compiled *host_compiled_find(const char *name);

/* Whether what is read from a descriptor is that file's source, by all of its content: a time or a
   size tells nothing about a file that an editor or a copy gave its old ones. */
bool host_compiled_is_same(const host_compiled *file, int fd);

#endif
