/* mem: allocation that cannot fail. Without memory the process aborts, and main (main_on_abort)
   prints the reason. The functions may be called on any thread; the caller frees what they return
   with free(). */
#ifndef OS2_CORE_BASE_MEM_H
#define OS2_CORE_BASE_MEM_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* realloc for `count` items of `size` bytes; `old` may be NULL. Never returns NULL. */
static inline void *os2_mem_resize(void *old, size_t count, size_t size) {
  if (size != 0 && count > SIZE_MAX / size) abort();
  void *grown = realloc(old, count * size > 0 ? count * size : 1);
  if (grown == NULL) abort();
  return grown;
}

/* Returns zeroed memory for `count` items of `size` bytes. Never returns NULL. */
static inline void *os2_mem_zero(size_t count, size_t size) {
  void *made = calloc(count > 0 ? count : 1, size);
  if (made == NULL) abort();
  return made;
}

/* Returns a NUL-terminated copy of `len` bytes. Never returns NULL. */
static inline char *os2_mem_text(const char *bytes, size_t len) {
  char *copy = os2_mem_resize(NULL, len + 1, 1);
  if (len > 0) memcpy(copy, bytes, len);
  copy[len] = '\0';
  return copy;
}

/* Returns the concatenation of three texts. Never returns NULL. */
static inline char *os2_mem_join(const char *first, const char *second, const char *third) {
  size_t first_len = strlen(first);
  size_t second_len = strlen(second);
  size_t third_size = strlen(third) + 1;
  char *text = os2_mem_resize(NULL, first_len + second_len + third_size, 1);
  memcpy(text, first, first_len);
  memcpy(text + first_len, second, second_len);
  memcpy(text + first_len + second_len, third, third_size);
  return text;
}

#endif
