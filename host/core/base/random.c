/* random: random, unique names. */
#include "core/base/random.h"

#include <errno.h>
#include <stdio.h>
#include <sys/random.h>

#include "core/base/must.h"

enum { MOST_BYTES = 32 }; /* getrandom returns this many bytes in one piece, or none */

void os2_random_bytes(void *bytes, size_t len) {
  if (getrandom(bytes, len, 0) < 0) os2_must(-errno, "getrandom");
}

void os2_random_word(char *word, size_t digits) {
  unsigned char bytes[MOST_BYTES];
  size_t len = digits / 2;
  os2_random_bytes(bytes, len);
  for (size_t i = 0; i < len; i++) snprintf(word + 2 * i, 3, "%02x", bytes[i]);
}
