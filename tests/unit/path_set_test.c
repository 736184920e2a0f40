/* path_set: what is in it, and below which directories. */
#include "core/base/path_set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void knows_its_paths_and_what_is_above_them(void **state) {
  (void)state;
  static const char *const paths[] = {"b/c/d", "a", "b-c", "b.c", "z/y", NULL};
  os2_path_set *set = os2_path_set_new(paths);
  for (size_t i = 0; paths[i] != NULL; i++) assert_true(os2_path_set_has(set, paths[i]));
  assert_false(os2_path_set_has(set, "b"));
  assert_false(os2_path_set_has(set, "b/c"));
  assert_false(os2_path_set_has(set, ""));
  assert_true(os2_path_set_has_below(set, "b"));
  assert_true(os2_path_set_has_below(set, "b/c"));
  assert_true(os2_path_set_has_below(set, "z"));
  assert_false(os2_path_set_has_below(set, "a"));
  assert_false(os2_path_set_has_below(set, "b/c/d"));
  assert_false(os2_path_set_has_below(set, "zz"));
  os2_path_set_free(set);
}

static void may_be_empty(void **state) {
  (void)state;
  static const char *const none[] = {NULL};
  os2_path_set *set = os2_path_set_new(none);
  assert_false(os2_path_set_has(set, "a"));
  assert_false(os2_path_set_has_below(set, "a"));
  os2_path_set_free(set);
  os2_path_set_free(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(knows_its_paths_and_what_is_above_them),
                                     cmocka_unit_test(may_be_empty)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
