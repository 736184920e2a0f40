/* json_scan: what a JSON parser that keeps numbers as doubles and lists as tables would lose. */
#ifndef OS2_CORE_BASE_JSON_SCAN_H
#define OS2_CORE_BASE_JSON_SCAN_H

#include <stdbool.h>

/* A part of a JSON text: [start, end). */
typedef struct os2_json_part {
  const char *start, *end;
  bool is_number; /* else an empty list */
} os2_json_part;

/* Finds the next part at or behind `at`: an empty list, an integer of more than 15 digits, or a
   fraction that a double does not hold digit by digit. `end` points to a zero byte; the text need
   not be valid. Returns false when there is none. */
bool os2_json_scan(const char *at, const char *end, os2_json_part *part);

#endif
