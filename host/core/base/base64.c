/* base64: RFC 4648 text for the Docker Engine's trace messages and registry headers. */
#include "core/base/base64.h"

static const char STD[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char URL[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

size_t os2_base64_encoded_size(size_t n) { return (n + 2) / 3 * 4; }

size_t os2_base64_decoded_max(size_t n) { return n / 4 * 3 + 3; }

void os2_base64_encode(char *out, const void *bytes, size_t n, os2_base64_alphabet alphabet) {
  const char *digits = alphabet == OS2_BASE64_URL ? URL : STD;
  const uint8_t *in = bytes;
  for (size_t i = 0; i < n; i += 3) {
    size_t left = n - i;
    uint32_t bits = (uint32_t)in[i] << 16;
    if (left > 1) bits |= (uint32_t)in[i + 1] << 8;
    if (left > 2) bits |= in[i + 2];
    *out++ = digits[bits >> 18 & 63];
    *out++ = digits[bits >> 12 & 63];
    *out++ = left > 1 ? digits[bits >> 6 & 63] : '=';
    *out++ = left > 2 ? digits[bits & 63] : '=';
  }
  *out = '\0';
}

/* Returns the value of one base64 digit, or -1 for any other character. */
static int base64_digit_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

static size_t base64_without_padding(const char *text, size_t n) {
  size_t padding = 0;
  while (padding < 2 && padding < n && text[n - padding - 1] == '=') padding++;
  return n - padding;
}

int os2_base64_decode(uint8_t *out, size_t *out_len, const char *text, size_t n) {
  size_t digits = base64_without_padding(text, n);
  if (digits % 4 == 1) return -1;
  uint32_t bits = 0;
  int held = 0;
  size_t written = 0;
  for (size_t i = 0; i < digits; i++) {
    int value = base64_digit_value(text[i]);
    if (value < 0) return -1;
    bits = (bits << 6 | (uint32_t)value) & 0xffffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      out[written++] = (uint8_t)(bits >> held);
    }
  }
  *out_len = written;
  return 0;
}
