/* base64: RFC 4648 text for the Docker Engine's trace messages and registry headers. */
#ifndef OS2_CORE_BASE_BASE64_H
#define OS2_CORE_BASE_BASE64_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
  OS2_BASE64_STD, /* '+' and '/' */
  OS2_BASE64_URL  /* '-' and '_', as X-Registry-Auth wants it */
} os2_base64_alphabet;

/* Bytes that the encoding of n bytes takes, without the terminating NUL. */
size_t os2_base64_encoded_size(size_t n);

/* Upper bound, in bytes, of what n characters of base64 decode to. */
size_t os2_base64_decoded_max(size_t n);

/*
 * Encodes n bytes, always padded with '=': the Docker Engine takes unpadded text for "no
 * credentials" without a word.
 * @param out room for os2_base64_encoded_size(n) + 1 bytes;
   NUL-terminated. */
void os2_base64_encode(char *out, const void *bytes, size_t n, os2_base64_alphabet alphabet);

/*
 * Decodes standard base64; padding may be missing, anything outside the alphabet is an error.
 * @param out room for os2_base64_decoded_max(n) bytes.
 * @param out_len bytes written.
 * @return 0, or -1 when the text is not
   base64. */
int os2_base64_decode(uint8_t *out, size_t *out_len, const char *text, size_t n);

#endif
