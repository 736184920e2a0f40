/* random: random, unique names. May be called on any thread. */
#ifndef OS2_CORE_BASE_RANDOM_H
#define OS2_CORE_BASE_RANDOM_H

#include <stddef.h>

/* Fills a buffer of at most 256 bytes with random ones. */
void os2_random_bytes(void *bytes, size_t len);

/* Writes `digits` random hexadecimal digits (an even number, at most 64) and a NUL. */
void os2_random_word(char *word, size_t digits);

#endif
