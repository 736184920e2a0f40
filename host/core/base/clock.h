/* clock: wall and monotonic time, UTC only. */
#ifndef OS2_CORE_BASE_CLOCK_H
#define OS2_CORE_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

typedef struct os2_utc {
  int year, month, day, hour, min, sec; /* month and day from 1 */
} os2_utc;

double os2_clock_now(void);       /* seconds since 1970-01-01T00:00:00Z */
double os2_clock_monotonic(void); /* seconds since some fixed moment */

/* The UTC fields of a moment; false when its year does not fit. */
bool os2_clock_utc(double seconds, os2_utc *fields);

/* The moment of UTC fields; false when there is no such time (31 February, hour 24). */
bool os2_clock_time(const os2_utc *fields, int64_t *seconds);

#endif
