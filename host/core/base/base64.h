/* base64: RFC 4648 text for the Docker Engine's trace messages and registry headers. The functions
   keep no state and may be called on any thread. */
#ifndef OS2_CORE_BASE_BASE64_H
#define OS2_CORE_BASE_BASE64_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
  OS2_BASE64_STD, /* '+' and '/' */
  OS2_BASE64_URL  /* '-' and '_', as X-Registry-Auth wants it */
} os2_base64_alphabet;

/* Returns how many characters the encoding of n bytes takes, without the terminating NUL. */
size_t os2_base64_encoded_size(size_t n);

/* Returns an upper bound, in bytes, of what n characters of base64 decode to. */
size_t os2_base64_decoded_max(size_t n);

/* Encodes n bytes as base64, always padded with '=': without an error message the Docker Engine
   treats unpadded credentials as "no credentials".
   out: receives the NUL-terminated text; it must have room for os2_base64_encoded_size(n) + 1
   bytes. */
void os2_base64_encode(char *out, const void *bytes, size_t n, os2_base64_alphabet alphabet);

/* Decodes standard base64. The padding may be missing; any character outside the alphabet is an
   error.
   out: must have room for os2_base64_decoded_max(n) bytes.
   out_len: receives the number of bytes written.
   Returns 0, or -1 when the text is not base64. */
int os2_base64_decode(uint8_t *out, size_t *out_len, const char *text, size_t n);

#endif
