/* clock: wall and monotonic time, UTC only. */
#include "core/base/clock.h"

#include <math.h>
#include <time.h>

static double clock_read(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double os2_clock_now(void) { return clock_read(CLOCK_REALTIME); }

double os2_clock_monotonic(void) { return clock_read(CLOCK_MONOTONIC); }

bool os2_clock_utc(double seconds, os2_utc *fields) {
  const double most_seconds = 1e15;
  if (!(fabs(seconds) < most_seconds)) return false;
  time_t moment = (time_t)floor(seconds);
  struct tm tm;
  if (gmtime_r(&moment, &tm) == NULL) return false;
  *fields = (os2_utc){.year = tm.tm_year + 1900,
                      .month = tm.tm_mon + 1,
                      .day = tm.tm_mday,
                      .hour = tm.tm_hour,
                      .min = tm.tm_min,
                      .sec = tm.tm_sec};
  return true;
}

static bool clock_is_same(const os2_utc *a, const os2_utc *b) {
  return a->year == b->year && a->month == b->month && a->day == b->day && a->hour == b->hour &&
         a->min == b->min && a->sec == b->sec;
}

bool os2_clock_time(const os2_utc *fields, int64_t *seconds) {
  const int last_year = 9999;
  if (fields->year < 1900 || fields->year > last_year) return false;
  struct tm tm = {.tm_year = fields->year - 1900,
                  .tm_mon = fields->month - 1,
                  .tm_mday = fields->day,
                  .tm_hour = fields->hour,
                  .tm_min = fields->min,
                  .tm_sec = fields->sec};
  *seconds = timegm(&tm);
  os2_utc back; /* timegm normalizes fields out of range; the comparison detects that */
  return os2_clock_utc((double)*seconds, &back) && clock_is_same(fields, &back);
}
