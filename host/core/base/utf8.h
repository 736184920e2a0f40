/* utf8: UTF-8 decoding that never fails; it treats invalid bytes as Go does. May be called on any
   thread. */
#ifndef OS2_CORE_BASE_UTF8_H
#define OS2_CORE_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The code point that stands for a byte that starts no valid sequence. */
enum { OS2_UTF8_INVALID = 0xFFFD };

/* Decodes the code point at the start of `text`, whose length `len` must be greater than 0. The
   number of bytes that it takes goes into *size; an invalid byte takes 1. */
uint32_t os2_utf8_decode(const char *text, size_t len, size_t *size);

/* Returns true when the whole text is valid UTF-8. */
bool os2_utf8_is_valid(const char *text, size_t len);

#endif
