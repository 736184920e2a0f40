/* protobuf: reads and writes the wire format, field by field. */
#ifndef OS2_CORE_BASE_PROTOBUF_H
#define OS2_CORE_BASE_PROTOBUF_H

#include <stddef.h>
#include <stdint.h>

/* Bytes inside the buffer that is read; not NUL-terminated, {NULL, 0} when the field is absent. */
typedef struct os2_text {
  const char *bytes;
  size_t len;
} os2_text;

/* A position in a message. */
typedef struct os2_pb_cursor {
  const uint8_t *at;
  const uint8_t *end;
} os2_pb_cursor;

/* One field. Of value and text only the one of its wire type is set, the other is empty: a field
   that has another type than expected reads as missing. */
typedef struct os2_pb_field {
  uint64_t number;
  uint64_t value;
  os2_text text;
} os2_pb_field;

/* Starts at the head of a message. */
os2_pb_cursor os2_pb_open(os2_text message);

/* Reads the next field, of whatever number and of the wire types 0, 1, 2 and 5 (1 and 5 are
   skipped over: value and text stay empty). Returns 1, 0 at the end, -1 when malformed. */
int os2_pb_next(os2_pb_cursor *cursor, os2_pb_field *field);

/* Bytes that a text field takes when written. */
size_t os2_pb_text_size(unsigned number, size_t len);

/* Writes a text field; returns the place behind it. */
char *os2_pb_write_text(char *out, unsigned number, const char *bytes, size_t len);

#endif
