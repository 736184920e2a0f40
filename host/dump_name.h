/* dump_name: how Lua writes the name of a chunk into its dump (lua_dump). */
#ifndef OS2_DUMP_NAME_H
#define OS2_DUMP_NAME_H

#include <stddef.h>

enum { HOST_DUMP_SIZE_MAX = 10 };

/* Writes the size that stands before a string of that many bytes, and returns how long it is. */
size_t host_dump_size(char out[HOST_DUMP_SIZE_MAX], size_t len);

#endif
