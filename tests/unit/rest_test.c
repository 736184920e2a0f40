/* rest_test: targets of operations: encoding, rules of path parameters, room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/rest/rest.h"

static const os2_rest_row rows[] = {
    {.name = "list", .method = "GET", .path = "/things", .query = "name state limit"},
    {.name = "get", .method = "GET", .path = "/things/{id}"},
    {.name = "remove", .method = "DELETE", .path = "/things/{id:uuid}/now", .query = "force"},
    {.name = "inspect", .method = "GET", .path = "/images/{ref:path}/json"},
    {.name = "filter", .method = "GET", .path = "/logs", .query = "page by", .objects = "by"},
    {.name = "both", .method = "GET", .path = "/a/{one}/{two}"},
    {.name = NULL}};

enum { MOST_PARAMS = 3 };

typedef struct target_case {
  const char *row;
  os2_rest_param params[MOST_PARAMS];
  const char *wanted; /* NULL: refused */
} target_case;

#define ID "0123abcd-4567-89ab-CDEF-0123456789ab"

static const target_case cases[] = {
    {"list", {{NULL, NULL}}, "/things"},
    {"list", {{"name", "a b"}, {"limit", "5"}}, "/things?name=a%20b&limit=5"},
    {"list", {{"state", "a"}, {"state", "b"}}, "/things?state=a&state=b"},
    {"list", {{"name", ""}}, "/things?name="},
    {"list", {{"name", "\xc3\xbc&=?#%+/"}}, "/things?name=%C3%BC%26%3D%3F%23%25%2B%2F"},
    {"list", {{"nam", "x"}}, NULL},
    {"list", {{"name state", "x"}}, NULL},
    {"list", {{"", "x"}}, NULL},
    {"get", {{"id", "a/b:1"}}, "/things/a%2Fb%3A1"},
    {"get", {{"id", "-._~"}}, "/things/-._~"},
    {"get", {{"id", "..."}}, "/things/..."},
    {"get", {{"id", "."}}, NULL},
    {"get", {{"id", ".."}}, NULL},
    {"get", {{"id", ""}}, NULL},
    {"get", {{NULL, NULL}}, NULL},
    {"remove", {{"id", ID}, {"force", "1"}}, "/things/" ID "/now?force=1"},
    {"remove", {{"id", ID "0"}}, NULL},
    {"remove", {{"id", "0123abcd-4567-89ab-CDEF-0123456789ag"}}, NULL},
    {"remove", {{"id", "name"}}, NULL},
    {"inspect", {{"ref", "host:5000/a/b@sha256:0"}}, "/images/host:5000/a/b@sha256:0/json"},
    {"inspect", {{"ref", "a?b"}}, "/images/a%3Fb/json"},
    {"inspect", {{"ref", "a/..b/.c./d"}}, "/images/a/..b/.c./d/json"},
    {"inspect", {{"ref", "a/../../containers"}}, NULL},
    {"inspect", {{"ref", "a/."}}, NULL},
    {"inspect", {{"ref", "../a"}}, NULL},
    {"filter", {{"by[in]", "a"}, {"by[in]", "b"}}, "/logs?by%5Bin%5D=a&by%5Bin%5D=b"},
    {"filter", {{"page[in]", "a"}}, NULL},
    {"filter", {{"[in]", "a"}}, NULL},
    {"both", {{"two", "2"}, {"one", "1"}}, "/a/1/2"},
};

static size_t count_params(const target_case *c) {
  size_t count = 0;
  while (count < MOST_PARAMS && c->params[count].key != NULL) count++;
  return count;
}

static void check(const target_case *c) {
  char out[256];
  os2_err err = {0};
  const os2_rest_row *row = os2_rest_find(rows, c->row);
  ptrdiff_t len = os2_rest_target(row, c->params, count_params(c), out, sizeof out, &err);
  if (c->wanted == NULL) {
    assert_int_equal(len, -1);
    assert_int_equal(err.kind, OS2_INVALID);
    assert_true(strlen(err.message) > 0);
    return;
  }
  assert_string_equal(out, c->wanted);
  assert_int_equal((size_t)len, strlen(c->wanted));
}

static void test_targets(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) check(&cases[i]);
}

static void test_find(void **state) {
  (void)state;
  assert_string_equal(os2_rest_find(rows, "get")->path, "/things/{id}");
  assert_null(os2_rest_find(rows, "ge"));
  assert_null(os2_rest_find(rows, ""));
}

/* Whatever the room: never past it, always a NUL, always the whole length as the answer. */
static void test_room(void **state) {
  (void)state;
  static const char wanted[] = "/things/a%2Fb";
  const os2_rest_param param = {"id", "a/b"};
  for (size_t room = 0; room <= sizeof wanted; room++) {
    char *out = malloc(room > 0 ? room : 1);
    ptrdiff_t len = os2_rest_target(os2_rest_find(rows, "get"), &param, 1, out, room, NULL);
    assert_int_equal(len, sizeof wanted - 1);
    size_t kept = room > sizeof wanted - 1 ? sizeof wanted - 1 : room - (room > 0);
    if (room > 0) assert_int_equal(strlen(out), kept);
    if (room > 0) assert_memory_equal(out, wanted, kept);
    free(out);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_targets),
      cmocka_unit_test(test_find),
      cmocka_unit_test(test_room),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
