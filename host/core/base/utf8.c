/* utf8: UTF-8 decoding that never fails; it treats invalid bytes as Go does. */
#include "core/base/utf8.h"

/* Returns the length of the sequence that starts with this byte; 0 when no sequence does. */
static size_t utf8_sequence_length(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return 2;
  if (first >= 0xE0 && first <= 0xEF) return 3;
  if (first >= 0xF0 && first <= 0xF4) return 4;
  return 0;
}

/* Returns false for overlong forms, surrogates and values above U+10FFFF, which are not code
   points. */
static int utf8_is_code_point(uint32_t rune, size_t length) {
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (rune < least[length] || rune > 0x10FFFF) return 0;
  return rune < 0xD800 || rune > 0xDFFF;
}

uint32_t os2_utf8_decode(const char *text, size_t len, size_t *size) {
  const unsigned char *bytes = (const unsigned char *)text;
  size_t length = utf8_sequence_length(bytes[0]);
  *size = 1;
  if (length == 1) return bytes[0];
  if (length == 0 || length > len) return OS2_UTF8_INVALID;
  uint32_t rune = bytes[0] & (0x7Fu >> length);
  for (size_t i = 1; i < length; i++) {
    if ((bytes[i] & 0xC0) != 0x80) return OS2_UTF8_INVALID;
    rune = rune << 6 | (bytes[i] & 0x3Fu);
  }
  if (!utf8_is_code_point(rune, length)) return OS2_UTF8_INVALID;
  *size = length;
  return rune;
}

bool os2_utf8_is_valid(const char *text, size_t len) {
  size_t size = 0;
  for (size_t at = 0; at < len; at += size) {
    while (at < len && (unsigned char)text[at] < 0x80) at++;
    if (at == len) break;
    if (os2_utf8_decode(text + at, len - at, &size) == OS2_UTF8_INVALID && size == 1) return false;
  }
  return true;
}
