/* dump_name: how Lua writes the name of a chunk into its dump (lua_dump). Lua promises no format;
   host/compile.c fails the build where this one does not hold. */
#include "dump_name.h"

#include <string.h>

/* Seven bits a byte, the highest ones first, the last byte marked; 0 stands for no string. */
size_t host_dump_size(char out[HOST_DUMP_SIZE_MAX], size_t len) {
  char digits[HOST_DUMP_SIZE_MAX];
  size_t rest = len + 1, count = 0;
  do {
    digits[HOST_DUMP_SIZE_MAX - ++count] = (char)(rest & 127);
    rest >>= 7;
  } while (rest != 0);
  digits[HOST_DUMP_SIZE_MAX - 1] |= (char)128;
  memcpy(out, digits + HOST_DUMP_SIZE_MAX - count, count);
  return count;
}
