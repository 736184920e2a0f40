/* mem: allocation with one way to fail. */
#include "core/base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void os2_mem_fail(void) {
  static const char words[] = "os2: out of memory\n";
  if (write(STDERR_FILENO, words, sizeof words - 1) < 0) _exit(OS2_MEM_EXIT_CODE);
  _exit(OS2_MEM_EXIT_CODE);
}

void *os2_mem_check(void *made) {
  if (made == NULL) os2_mem_fail();
  return made;
}

void *os2_mem_resize(void *old, size_t count, size_t size) {
  if (size != 0 && count > SIZE_MAX / size) os2_mem_fail();
  return os2_mem_check(realloc(old, count * size > 0 ? count * size : 1));
}

/* A malloc of its own, because realloc takes longer for the same. */
void *os2_mem_try(void *old, size_t size) {
  return old == NULL ? malloc(size) : realloc(old, size);
}

void *os2_mem_zero(size_t count, size_t size) {
  return os2_mem_check(calloc(count > 0 ? count : 1, size));
}

void *os2_mem_with(size_t size, size_t more) {
  if (more > SIZE_MAX - size) os2_mem_fail();
  return os2_mem_resize(NULL, size + more, 1);
}

char *os2_mem_text(const char *bytes, size_t len) {
  char *copy = os2_mem_with(len, 1);
  if (len > 0) memcpy(copy, bytes, len);
  copy[len] = '\0';
  return copy;
}

char *os2_mem_copy(const char *text) {
  return text != NULL ? os2_mem_text(text, strlen(text)) : NULL;
}

char *os2_mem_format(const char *format, ...) {
  char *text = NULL;
  va_list args;
  va_start(args, format);
  int len = vasprintf(&text, format, args);
  va_end(args);
  if (len < 0) os2_mem_fail();
  return text;
}

char *os2_mem_join(const char *first, const char *second, const char *third) {
  size_t first_len = strlen(first);
  size_t second_len = strlen(second);
  size_t third_size = strlen(third) + 1;
  char *text = os2_mem_with(first_len + second_len, third_size);
  memcpy(text, first, first_len);
  memcpy(text + first_len, second, second_len);
  memcpy(text + first_len + second_len, third, third_size);
  return text;
}

void os2_mem_drop(const void *owned) { free(os2_mem_unconst(owned)); }

void os2_mem_drop_secret(const char *owned) {
  if (owned != NULL) explicit_bzero(os2_mem_unconst(owned), strlen(owned));
  os2_mem_drop(owned);
}
