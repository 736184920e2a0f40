/* frames_test: multiplexed container output, whole, byte by byte, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/frames.h"

static const char INPUT[] = "\1\0\0\0\0\0\0\3abc"
                            "\2\0\0\0\0\0\0\2!!"
                            "\1\0\0\0\0\0\0\0"
                            "\1\0\0\0\0\0\0\1d";
enum { INPUT_LEN = sizeof INPUT - 1 };

typedef struct {
  char text[4][32];
} streams;

static void collect(void *data, os2_frames_stream stream, const char *bytes, size_t len) {
  streams *s = data;
  assert_true(len > 0);
  strncat(s->text[stream], bytes, len);
}

static void splits_whole_input(void **state) {
  (void)state;
  os2_frames f = {0};
  streams s = {0};
  assert_int_equal(os2_frames_feed(&f, INPUT, INPUT_LEN, collect, &s), 0);
  assert_string_equal(s.text[OS2_FRAMES_STDOUT], "abcd");
  assert_string_equal(s.text[OS2_FRAMES_STDERR], "!!");
  assert_true(os2_frames_complete(&f));
}

static void splits_byte_by_byte(void **state) {
  (void)state;
  os2_frames f = {0};
  streams s = {0};
  for (size_t i = 0; i < INPUT_LEN; i++)
    assert_int_equal(os2_frames_feed(&f, INPUT + i, 1, collect, &s), 0);
  assert_string_equal(s.text[OS2_FRAMES_STDOUT], "abcd");
  assert_string_equal(s.text[OS2_FRAMES_STDERR], "!!");
}

static void tells_a_torn_end(void **state) {
  (void)state;
  streams s = {0};
  os2_frames in_header = {0}, in_payload = {0};
  assert_int_equal(os2_frames_feed(&in_header, INPUT, 4, collect, &s), 0);
  assert_false(os2_frames_complete(&in_header));
  assert_int_equal(os2_frames_feed(&in_payload, INPUT, 9, collect, &s), 0);
  assert_false(os2_frames_complete(&in_payload));
}

static void refuses_a_terminal_stream(void **state) {
  (void)state;
  os2_frames f = {0};
  streams s = {0};
  assert_int_equal(os2_frames_feed(&f, "hello world\r\n", 13, collect, &s), -1);
  assert_string_equal(s.text[OS2_FRAMES_STDOUT], "");
}

static void gives_what_stood_before(void **state) {
  static const char input[] = "\3\0\0\0\0\0\0\2no\4\0\0\0\0\0\0\1x";
  (void)state;
  os2_frames f = {0};
  streams s = {0};
  assert_int_equal(os2_frames_feed(&f, input, sizeof input - 1, collect, &s), -1);
  assert_string_equal(s.text[OS2_FRAMES_ERROR], "no");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(splits_whole_input),      cmocka_unit_test(splits_byte_by_byte),
      cmocka_unit_test(tells_a_torn_end),        cmocka_unit_test(refuses_a_terminal_stream),
      cmocka_unit_test(gives_what_stood_before),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
