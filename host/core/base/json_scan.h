/* json_scan: finds the parts of a JSON text that are lost in a parser that keeps every number as a
   double and every list as a Lua table. May be called on any thread. */
#ifndef OS2_CORE_BASE_JSON_SCAN_H
#define OS2_CORE_BASE_JSON_SCAN_H

#include <stdbool.h>

/* A part of a JSON text: the bytes from start up to, not including, end. */
typedef struct os2_json_part {
  const char *start, *end;
  bool is_number; /* false: the part is an empty list */
} os2_json_part;

/* Finds the next part at or after `at`: an empty list, an integer of more than 15 digits, or a
   fraction whose digits a double does not keep. `end` must point to a zero byte. The text need not
   be valid JSON. Returns false when there is no further part. */
bool os2_json_scan(const char *at, const char *end, os2_json_part *part);

#endif
