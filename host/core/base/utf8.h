/* utf8: decoding that never fails, as Go does it. */
#ifndef OS2_CORE_BASE_UTF8_H
#define OS2_CORE_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a byte that starts no valid sequence decodes to. */
enum { OS2_UTF8_INVALID = 0xFFFD };

/* Decodes the code point at text[0..len), len > 0, and says in *size how many bytes it took (1 for
   an invalid byte). */
uint32_t os2_utf8_decode(const char *text, size_t len, size_t *size);

/* Whether all of the text is UTF-8. */
bool os2_utf8_is_valid(const char *text, size_t len);

#endif
