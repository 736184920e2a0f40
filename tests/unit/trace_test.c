/* trace_test: BuildKit progress messages made by hand, unknown fields, malformed input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/buildkit/trace.h"

/* What a visitor saw, one line an item. */
typedef struct {
  char text[512];
} record;

__attribute__((format(printf, 2, 3))) static void note(record *r, const char *format, ...) {
  size_t used = strlen(r->text);
  va_list args;
  va_start(args, format);
  vsnprintf(r->text + used, sizeof r->text - used, format, args);
  va_end(args);
}

static void on_vertex(void *data, const os2_trace_vertex *v) {
  note(data, "vertex %.*s|%.*s|%d|%.1f|%.1f|%.*s\n", (int)v->digest.len, v->digest.bytes,
       (int)v->name.len, v->name.bytes, v->cached, v->started, v->completed, (int)v->error.len,
       v->error.bytes);
}

static void on_status(void *data, const os2_trace_status *s) {
  note(data, "status %.*s|%.*s|%d/%d|%.1f\n", (int)s->id.len, s->id.bytes, (int)s->vertex.len,
       s->vertex.bytes, (int)s->current, (int)s->total, s->timestamp);
}

static void on_log(void *data, const os2_trace_log *l) {
  note(data, "log %.*s|%d|%.*s\n", (int)l->vertex.len, l->vertex.bytes, (int)l->stream,
       (int)l->message.len, l->message.bytes);
}

static void on_warning(void *data, const os2_trace_warning *w) {
  note(data, "warning %.*s|%d|%.*s|%.*s\n", (int)w->vertex.len, w->vertex.bytes, (int)w->level,
       (int)w->summary.len, w->summary.bytes, (int)w->url.len, w->url.bytes);
}

static const os2_trace_visitor RECORDER = {on_vertex, on_status, on_log, on_warning};

static int decode(record *r, const char *bytes, size_t len) {
  *r = (record){0};
  return os2_trace_decode(bytes, len, &RECORDER, r);
}

#define DECODE(r, literal) decode(r, literal, sizeof(literal) - 1)

static const char VERTEX[] = "\x0a\x23"
                             "\x0a\x04sha1"                             /* digest */
                             "\x12\x01z"                                /* inputs, not read */
                             "\x1a\x05RUN x"                            /* name */
                             "\x20\x01"                                 /* cached */
                             "\x2a\x08\x08\x02\x10\x80\xca\xb5\xee\x01" /* started 2.5 s */
                             "\x32\x02\x08\x03"                         /* completed 3 s */
                             "\x3a\x01!";                               /* error */

static void vertex_with_all_fields(void **state) {
  (void)state;
  record r;
  assert_int_equal(DECODE(&r, VERTEX), 0);
  assert_string_equal(r.text, "vertex sha1|RUN x|1|2.5|3.0|!\n");
}

static void several_kinds_in_one_message(void **state) {
  (void)state;
  record r;
  assert_int_equal(DECODE(&r, "\x0a\x03\x0a\x01"
                              "a"
                              "\x12\x0b\x0a\x01i\x12\x01"
                              "a\x20\x05\x28\xac\x02"
                              "\x1a\x09\x0a\x01"
                              "a\x18\x02\x22\x02hi"
                              "\x22\x0b\x0a\x01"
                              "a\x10\x01\x1a\x01w\x2a\x01u"),
                   0);
  assert_string_equal(r.text, "vertex a||0|0.0|0.0|\nstatus i|a|5/300|0.0\nlog a|2|hi\n"
                              "warning a|1|w|u\n");
}

static void unknown_fields_are_skipped(void **state) {
  (void)state;
  record r;
  assert_int_equal(DECODE(&r, "\x79"
                              "12345678" /* 15: fixed64 */
                              "\x7d"
                              "1234"         /* 15: fixed32 */
                              "\x78\x80\x01" /* 15: varint */
                              "\x7a\x02zz"   /* 15: bytes */
                              "\x0a\x10\x51"
                              "12345678"
                              "\x55"
                              "1234\x20\x01"),
                   0);
  assert_string_equal(r.text, "vertex ||1|0.0|0.0|\n");
}

static void an_empty_message_is_one(void **state) {
  (void)state;
  record r;
  assert_int_equal(decode(&r, NULL, 0), 0);
  assert_int_equal(DECODE(&r, "\x0a\x00"), 0);
  assert_string_equal(r.text, "vertex ||0|0.0|0.0|\n");
}

static void malformed_input_is_an_error(void **state) {
  (void)state;
  record r;
  assert_int_equal(DECODE(&r, "\x0a"), -1);                     /* no length */
  assert_int_equal(DECODE(&r, "\x0a\x05zz"), -1);               /* shorter than its length */
  assert_int_equal(DECODE(&r, "\x02\x00"), -1);                 /* field number 0 */
  assert_int_equal(DECODE(&r, "\x0b\x0c"), -1);                 /* a group */
  assert_int_equal(DECODE(&r, "\x79\x31"), -1);                 /* torn fixed64 */
  assert_int_equal(DECODE(&r, "\x0a\x04\x2a\x02\x08\x80"), -1); /* torn time in a vertex */
  assert_int_equal(DECODE(&r, "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
                   -1); /* huge length */
  assert_int_equal(DECODE(&r, "\x78\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
                   -1); /* long varint */
}

/* Every prefix sits in a heap block of its exact size, so that a sanitizer sees a read beyond. */
static void no_prefix_reads_beyond_its_end(void **state) {
  (void)state;
  for (size_t len = 1; len < sizeof VERTEX; len++) {
    record r;
    char *copy = malloc(len);
    assert_non_null(copy);
    memcpy(copy, VERTEX, len);
    int rc = decode(&r, copy, len);
    assert_int_equal(rc, len == sizeof VERTEX - 1 ? 0 : -1);
    free(copy);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(vertex_with_all_fields),
      cmocka_unit_test(several_kinds_in_one_message),
      cmocka_unit_test(unknown_fields_are_skipped),
      cmocka_unit_test(an_empty_message_is_one),
      cmocka_unit_test(malformed_input_is_an_error),
      cmocka_unit_test(no_prefix_reads_beyond_its_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
