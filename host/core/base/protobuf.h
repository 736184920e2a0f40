/* protobuf: reads and writes the protobuf wire format field by field. The functions keep no state
   and may be called on any thread. */
#ifndef OS2_CORE_BASE_PROTOBUF_H
#define OS2_CORE_BASE_PROTOBUF_H

#include <stddef.h>
#include <stdint.h>

/* Bytes inside the buffer that is being read. They are not NUL-terminated, and {NULL, 0} means that
   the field is absent. Nothing is copied, so the buffer must stay valid. */
typedef struct os2_text {
  const char *bytes;
  size_t len;
} os2_text;

/* The read position in a message. */
typedef struct os2_pb_cursor {
  const uint8_t *at;
  const uint8_t *end;
} os2_pb_cursor;

/* One field. Either `value` or `text` is set, according to the field's wire type, and the other one
   is empty. A field that has another wire type than the reader expects therefore reads as absent.
   */
typedef struct os2_pb_field {
  uint64_t number;
  uint64_t value;
  os2_text text;
} os2_pb_field;

/* Returns a cursor at the start of a message. */
os2_pb_cursor os2_pb_open(os2_text message);

/* Reads the next field, whatever its number. Wire types 0, 1, 2 and 5 are accepted; a field of type
   1 or 5 is skipped over, so its value and text stay empty. Returns 1, 0 at the end of the message,
   and -1 when the bytes are malformed. */
int os2_pb_next(os2_pb_cursor *cursor, os2_pb_field *field);

/* Finds the last text field with this number; an absent one is {NULL, 0}. Returns 0, or -1 when the
   message is malformed. */
int os2_pb_find_text(os2_text message, unsigned number, os2_text *text);

/* Returns how many bytes os2_pb_write_text writes for a text of `len` bytes. */
size_t os2_pb_text_size(unsigned number, size_t len);

/* Writes a text field to `out` and returns the position after it. `out` must have room for
   os2_pb_text_size bytes. */
char *os2_pb_write_text(char *out, unsigned number, const char *bytes, size_t len);

/* Bytes that a number takes when written. */
size_t os2_pb_number_size(unsigned number, uint64_t value);

/* Writes a number (an int64 as its 64 bits); returns the place behind it. */
char *os2_pb_write_number(char *out, unsigned number, uint64_t value);

/* Writes what stands before the bytes of a text field; returns the place of the bytes. */
char *os2_pb_write_head(char *out, unsigned number, size_t len);

#endif
