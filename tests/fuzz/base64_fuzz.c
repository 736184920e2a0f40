/* base64_fuzz: what is encoded is decoded to the same; any other text is refused or fits. */
#include <string.h>

#include "core/base/base64.h"
#include "fuzz.h"

static void encode(const uint8_t *bytes, size_t len, os2_base64_alphabet alphabet, char *out) {
  os2_base64_encode(out, bytes, len, alphabet);
  must(strlen(out) == os2_base64_encoded_size(len));
}

/* Both alphabets differ in two digits only. */
static void compare_alphabets(const char *text, const char *url) {
  for (; *text != '\0'; text++, url++) {
    char wanted = *text == '+' ? '-' : *text == '/' ? '_' : *text;
    must(*url == wanted);
  }
}

static void check_round(const uint8_t *bytes, size_t len) {
  size_t size = os2_base64_encoded_size(len) + 1, back_len = 0;
  char *text = malloc(size), *url = malloc(size);
  encode(bytes, len, OS2_BASE64_STD, text);
  encode(bytes, len, OS2_BASE64_URL, url);
  compare_alphabets(text, url);
  uint8_t *back = malloc(os2_base64_decoded_max(size - 1));
  must(os2_base64_decode(back, &back_len, text, size - 1) == 0);
  must(back_len == len && (len == 0 || memcmp(back, bytes, len) == 0));
  free(back);
  free(url);
  free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
  uint8_t *out = malloc(os2_base64_decoded_max(len));
  size_t out_len = 0;
  if (os2_base64_decode(out, &out_len, (const char *)bytes, len) == 0) {
    must(out_len <= os2_base64_decoded_max(len));
    check_round(out, out_len);
  }
  free(out);
  check_round(bytes, len);
  return 0;
}
