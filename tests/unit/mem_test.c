/* mem_test: a process that runs out of memory says so and ends with its own exit code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <uv.h>

#include "core/base/mem.h"
#include "core/base/must.h"
#include "core/base/random.h"

static char said[256];

/* What a child that runs `run` writes to its stderr; returns its exit code. */
static int code_of(void (*run)(void)) {
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  pid_t pid = fork();
  if (pid == 0) {
    dup2(ends[1], STDERR_FILENO);
    run();
    _exit(0);
  }
  close(ends[1]);
  size_t len = 0;
  for (ssize_t n = 1; n > 0; len += n > 0 ? (size_t)n : 0)
    n = read(ends[0], said + len, sizeof said - 1 - len);
  said[len] = '\0';
  close(ends[0]);
  int status = 0;
  assert_int_equal(waitpid(pid, &status, 0), pid);
  assert_true(WIFEXITED(status));
  return WEXITSTATUS(status);
}

static void need_too_many(void) { os2_mem_resize(NULL, SIZE_MAX / 2, 4); }
static void need_too_long(void) { os2_mem_with(SIZE_MAX, 2); }
static void get_nothing(void) { os2_mem_check(NULL); }
static void fail_for_memory(void) { os2_must(UV_ENOMEM, "uv_async_init"); }
static void fail_otherwise(void) { os2_must(UV_EMFILE, "uv_async_init"); }
static void go_well(void) { os2_must(0, "uv_async_init"); }

static void without_memory_it_says_so(void **state) {
  (void)state;
  void (*const all[])(void) = {need_too_many, need_too_long, get_nothing, fail_for_memory};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    assert_int_equal(code_of(all[i]), 70);
    assert_string_equal(said, "os2: out of memory\n");
  }
}

static void another_failure_is_named(void **state) {
  (void)state;
  assert_int_equal(code_of(fail_otherwise), 70);
  assert_string_equal(said, "os2: uv_async_init: too many open files\n");
  assert_int_equal(code_of(go_well), 0);
  assert_string_equal(said, "");
}

static void check(char *text, const char *expected) {
  assert_string_equal(text, expected);
  free(text);
}

static void texts(void **state) {
  (void)state;
  assert_null(os2_mem_copy(NULL));
  check(os2_mem_copy(""), "");
  check(os2_mem_text("abc", 2), "ab");
  check(os2_mem_text(NULL, 0), "");
  check(os2_mem_join("a", "", "b"), "ab");
  check(os2_mem_format("%s: %d", "x", 7), "x: 7");
}

static void random_words(void **state) {
  (void)state;
  char one[32 + 1], other[32 + 1];
  os2_random_word(one, 32);
  os2_random_word(other, 32);
  assert_int_equal(strlen(one), 32);
  assert_int_equal(strspn(one, "0123456789abcdef"), 32);
  assert_string_not_equal(one, other);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(without_memory_it_says_so),
      cmocka_unit_test(another_failure_is_named),
      cmocka_unit_test(texts),
      cmocka_unit_test(random_words),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
