/* protobuf: reads and writes the protobuf wire format field by field. */
#include "core/base/protobuf.h"

#include <string.h>

enum { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };
enum { MAX_VARINT_BYTES = 10 };

static int protobuf_read_varint(os2_pb_cursor *c, uint64_t *out) {
  uint64_t value = 0;
  for (unsigned i = 0; i < MAX_VARINT_BYTES && c->at < c->end; i++) {
    uint8_t byte = *c->at++;
    value |= (uint64_t)(byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      *out = value;
      return 0;
    }
  }
  return -1;
}

static int protobuf_skip(os2_pb_cursor *c, size_t n) {
  if ((size_t)(c->end - c->at) < n) return -1;
  c->at += n;
  return 0;
}

static int protobuf_read_text(os2_pb_cursor *c, os2_text *out) {
  uint64_t len;
  if (protobuf_read_varint(c, &len) != 0 || len > (uint64_t)(c->end - c->at)) return -1;
  out->bytes = (const char *)c->at;
  out->len = (size_t)len;
  return protobuf_skip(c, out->len);
}

static int protobuf_read_payload(os2_pb_cursor *c, unsigned wire_type, os2_pb_field *field) {
  switch (wire_type) {
  case WIRE_VARINT:
    return protobuf_read_varint(c, &field->value);
  case WIRE_BYTES:
    return protobuf_read_text(c, &field->text);
  case WIRE_FIXED64:
    return protobuf_skip(c, 8);
  case WIRE_FIXED32:
    return protobuf_skip(c, 4);
  default:
    return -1;
  }
}

os2_pb_cursor os2_pb_open(os2_text message) {
  static const uint8_t nothing[1] = {0};
  const uint8_t *start = message.bytes ? (const uint8_t *)message.bytes : nothing;
  return (os2_pb_cursor){start, start + message.len};
}

int os2_pb_next(os2_pb_cursor *cursor, os2_pb_field *field) {
  uint64_t key;
  if (cursor->at == cursor->end) return 0;
  *field = (os2_pb_field){0};
  if (protobuf_read_varint(cursor, &key) != 0 || key >> 3 == 0) return -1;
  field->number = key >> 3;
  return protobuf_read_payload(cursor, (unsigned)(key & 7), field) == 0 ? 1 : -1;
}

static size_t protobuf_varint_size(uint64_t value) {
  size_t n = 1;
  while ((value >>= 7) != 0) n++;
  return n;
}

static char *protobuf_write_varint(char *out, uint64_t value) {
  for (; value > 0x7f; value >>= 7) *out++ = (char)(value | 0x80);
  *out++ = (char)value;
  return out;
}

static uint64_t protobuf_text_key(unsigned number) { return (uint64_t)number << 3 | WIRE_BYTES; }

int os2_pb_find_text(os2_text message, unsigned number, os2_text *text) {
  os2_pb_cursor cursor = os2_pb_open(message);
  os2_pb_field field;
  int rc;
  *text = (os2_text){NULL, 0};
  while ((rc = os2_pb_next(&cursor, &field)) > 0)
    if (field.number == number) *text = field.text;
  return rc;
}

size_t os2_pb_text_size(unsigned number, size_t len) {
  return protobuf_varint_size(protobuf_text_key(number)) + protobuf_varint_size(len) + len;
}

char *os2_pb_write_head(char *out, unsigned number, size_t len) {
  out = protobuf_write_varint(out, protobuf_text_key(number));
  return protobuf_write_varint(out, len);
}

char *os2_pb_write_text(char *out, unsigned number, const char *bytes, size_t len) {
  out = os2_pb_write_head(out, number, len);
  if (len > 0) memcpy(out, bytes, len);
  return out + len;
}

size_t os2_pb_number_size(unsigned number, uint64_t value) {
  return protobuf_varint_size((uint64_t)number << 3) + protobuf_varint_size(value);
}

char *os2_pb_write_number(char *out, unsigned number, uint64_t value) {
  out = protobuf_write_varint(out, (uint64_t)number << 3 | WIRE_VARINT);
  return protobuf_write_varint(out, value);
}
