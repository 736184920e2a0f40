/* clock_test: UTC fields of moments and back. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"

typedef struct moment {
  int64_t seconds;
  os2_utc utc;
} moment;

static const moment moments[] = {
    {0, {1970, 1, 1, 0, 0, 0}},
    {-1, {1969, 12, 31, 23, 59, 59}},
    {-2208988800, {1900, 1, 1, 0, 0, 0}},
    {951782400, {2000, 2, 29, 0, 0, 0}},
    {1768159845, {2026, 1, 11, 19, 30, 45}},
    {4107542400, {2100, 3, 1, 0, 0, 0}},
    {253402300799, {9999, 12, 31, 23, 59, 59}},
};

static void test_both_ways(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
    os2_utc utc;
    int64_t seconds = 0;
    assert_true(os2_clock_utc((double)moments[i].seconds, &utc));
    assert_memory_equal(&utc, &moments[i].utc, sizeof utc);
    assert_true(os2_clock_time(&utc, &seconds));
    assert_int_equal(seconds, moments[i].seconds);
  }
}

static void test_a_part_of_a_second_is_left_out(void **state) {
  (void)state;
  os2_utc utc;
  assert_true(os2_clock_utc(-0.25, &utc));
  assert_int_equal(utc.year, 1969);
  assert_int_equal(utc.sec, 59);
}

static void test_times_that_do_not_exist(void **state) {
  (void)state;
  static const os2_utc none[] = {
      {2026, 2, 29, 0, 0, 0},     {2100, 2, 29, 0, 0, 0},  {2026, 4, 31, 0, 0, 0},
      {2026, 0, 1, 0, 0, 0},      {2026, 13, 1, 0, 0, 0},  {2026, 1, 0, 0, 0, 0},
      {2026, 1, 1, 24, 0, 0},     {2026, 1, 1, 0, 60, 0},  {2026, 1, 1, 0, 0, 60},
      {2026, 1, 1, 0, 0, -1},     {1899, 12, 31, 0, 0, 0}, {10000, 1, 1, 0, 0, 0},
      {2026, 100000, 1, 0, 0, 0},
  };
  int64_t seconds;
  for (size_t i = 0; i < sizeof none / sizeof *none; i++)
    assert_false(os2_clock_time(&none[i], &seconds));
}

static void test_moments_beyond_every_calendar(void **state) {
  (void)state;
  static const double beyond[] = {1e15, -1e15, INFINITY, -INFINITY, NAN};
  os2_utc utc;
  for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++)
    assert_false(os2_clock_utc(beyond[i], &utc));
}

static void test_clocks(void **state) {
  (void)state;
  assert_true(os2_clock_now() > 1.7e9);
  double before = os2_clock_monotonic();
  assert_true(os2_clock_monotonic() >= before);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_both_ways),
      cmocka_unit_test(test_a_part_of_a_second_is_left_out),
      cmocka_unit_test(test_times_that_do_not_exist),
      cmocka_unit_test(test_moments_beyond_every_calendar),
      cmocka_unit_test(test_clocks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
