/* clock: wall and monotonic time, UTC only. All functions may be called on any thread. */
#ifndef OS2_CORE_BASE_CLOCK_H
#define OS2_CORE_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

typedef struct os2_utc {
  int year, month, day, hour, min, sec; /* month and day count from 1 */
} os2_utc;

double os2_clock_now(void); /* seconds since 1970-01-01T00:00:00Z */
/* seconds since an arbitrary fixed moment; for measuring durations */
double os2_clock_monotonic(void);

/* Fills the UTC fields of a moment, given in seconds since 1970. Returns false when the year does
   not fit into an int. */
bool os2_clock_utc(double seconds, os2_utc *fields);

/* Sets *seconds (since 1970) to the moment that the UTC fields name. Returns false when no such
   time exists (31 February, hour 24). */
bool os2_clock_time(const os2_utc *fields, int64_t *seconds);

#endif
