/* base64_test: RFC 4648 vectors, padding, the url-safe alphabet, refusals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/base64.h"

static void check_round_trip(const char *plain, const char *text) {
  char encoded[64];
  uint8_t decoded[64];
  size_t len = 0;
  os2_base64_encode(encoded, plain, strlen(plain), OS2_BASE64_STD);
  assert_string_equal(encoded, text);
  assert_int_equal(strlen(text), os2_base64_encoded_size(strlen(plain)));
  assert_int_equal(os2_base64_decode(decoded, &len, text, strlen(text)), 0);
  assert_int_equal(len, strlen(plain));
  assert_memory_equal(decoded, plain, len);
}

static void rfc_vectors(void **state) {
  (void)state;
  check_round_trip("", "");
  check_round_trip("f", "Zg==");
  check_round_trip("fo", "Zm8=");
  check_round_trip("foo", "Zm9v");
  check_round_trip("foob", "Zm9vYg==");
  check_round_trip("fooba", "Zm9vYmE=");
  check_round_trip("foobar", "Zm9vYmFy");
}

static void url_alphabet_is_padded(void **state) {
  (void)state;
  char out[16];
  os2_base64_encode(out, "\xfb\xff\xfe\xff", 4, OS2_BASE64_URL);
  assert_string_equal(out, "-__-_w==");
  os2_base64_encode(out, "{}", 2, OS2_BASE64_URL);
  assert_string_equal(out, "e30=");
}

static void unpadded_text_decodes(void **state) {
  (void)state;
  uint8_t out[8];
  size_t len = 0;
  assert_int_equal(os2_base64_decode(out, &len, "Zm9vYg", 6), 0);
  assert_int_equal(len, 4);
  assert_memory_equal(out, "foob", 4);
}

static void other_text_is_refused(void **state) {
  (void)state;
  static const char *const bad[] = {"Z", "Zm9vY", "Zg=a", "Z g=", "-_-_", "Zg===", "\n"};
  uint8_t out[16];
  size_t len = 0;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    assert_int_equal(os2_base64_decode(out, &len, bad[i], strlen(bad[i])), -1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rfc_vectors),
      cmocka_unit_test(url_alphabet_is_padded),
      cmocka_unit_test(unpadded_text_decodes),
      cmocka_unit_test(other_text_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
