/* err_test: messages that do not fit, and that are one line. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/err.h"

static const char KEY[] = " dtn_0123456789abcdefghijklmnopqrstuvwxyz_0123456789abcdefghijklm";

static const char *said(const char *text) {
  static os2_err err;
  assert_int_equal(os2_fail(&err, OS2_PROTOCOL, "it says: %s", text), -1);
  assert_int_equal(err.kind, OS2_PROTOCOL);
  return err.message;
}

static const char *fill(char *text, size_t len, char c) {
  memset(text, c, len);
  text[len] = '\0';
  return text;
}

static void a_message_is_one_line(void **state) {
  (void)state;
  assert_string_equal(said("a\nb\x1b[0m"), "it says: a?b?[0m");
}

static void one_that_fits_stays(void **state) {
  (void)state;
  char text[2048];
  assert_int_equal(strlen(said(fill(text, 1014, 'x'))), 1023);
  assert_null(strstr(said(text), "..."));
}

/* Wherever the end falls: no part of the last word is left. */
static void a_longer_one_ends_with_a_whole_word(void **state) {
  (void)state;
  char text[2048];
  for (size_t len = 960; len < 1014; len++) {
    fill(text, len, 'x');
    memcpy(text + len, KEY, sizeof KEY);
    const char *message = said(text);
    assert_null(strstr(message, "dtn_"));
    assert_string_equal(message + strlen(message) - 5, "x ...");
  }
}

static void one_long_word_keeps_its_first_half(void **state) {
  (void)state;
  char text[4096];
  const char *message = said(fill(text, 4000, 'x'));
  assert_in_range(strlen(message), 500, 600);
  assert_string_equal(message + strlen(message) - 5, "x ...");
}

static void each_errno_has_a_kind(void **state) {
  (void)state;
  static const struct {
    int error;
    os2_kind kind;
  } rows[] = {
      {ENOENT, OS2_NOT_FOUND},    {ESRCH, OS2_NOT_FOUND},   {ENOTDIR, OS2_NOT_FOUND},
      {EEXIST, OS2_EXISTS},       {EPERM, OS2_DENIED},      {EROFS, OS2_DENIED},
      {EINVAL, OS2_INVALID},      {ENOSPC, OS2_INVALID},    {EMFILE, OS2_INVALID},
      {ETIMEDOUT, OS2_TIMEOUT},   {EBUSY, OS2_UNAVAILABLE}, {EIO, OS2_UNAVAILABLE},
      {ECANCELED, OS2_CANCELLED}, {EPIPE, OS2_NETWORK},     {EBADF, OS2_INTERNAL},
      {EHWPOISON, OS2_INTERNAL},  {0, OS2_INTERNAL},        {-1, OS2_INTERNAL},
      {100000, OS2_INTERNAL},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    assert_int_equal(os2_kind_of_errno(rows[i].error), rows[i].kind);
}

static void the_reason_stands_behind(void **state) {
  (void)state;
  os2_err err;
  assert_int_equal(os2_fail_errno(&err, ENOENT, "cannot open %s", "a"), -1);
  assert_string_equal(err.message, "cannot open a: No such file or directory");
  assert_int_equal(os2_fail_uv(&err, -ENOENT, "cannot open %s", "a"), -1);
  assert_int_equal(err.kind, OS2_NOT_FOUND);
  assert_int_equal(os2_fail_uv(NULL, -ENOENT, "nobody asks"), -1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_message_is_one_line),
      cmocka_unit_test(one_that_fits_stays),
      cmocka_unit_test(a_longer_one_ends_with_a_whole_word),
      cmocka_unit_test(one_long_word_keeps_its_first_half),
      cmocka_unit_test(each_errno_has_a_kind),
      cmocka_unit_test(the_reason_stands_behind),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
