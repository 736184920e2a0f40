/* git_http: addresses, credentials, what an answer means. */
#include "core/git/git_http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/mem.h"

static void takes_http_urls_only(void **state) {
  (void)state;
  static const char *const good[] = {"https://h/x.git", "http://h", "HTTPS://h:8443/a/b",
                                     "http://[::1]:80/x", "http://h/a@b"};
  static const char *const bad[] = {"",        "h/x",           "ssh://h/x",      "https://",
                                    "git@h:x", "https://u@h/",  "http://u:p@h/x", "http:///x",
                                    "/tmp/x",  "https://h/x?a", "https://h/x#a",  "file:///x"};
  os2_err err;
  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    assert_int_equal(os2_git_check_url(good[i], &err), 0);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    assert_int_equal(os2_git_check_url(bad[i], &err), -1);
    assert_int_equal(err.kind, OS2_INVALID);
    assert_null(strstr(err.message, "u:p"));
  }
}

static void shows_urls_without_user(void **state) {
  (void)state;
  static const char *const pairs[][2] = {{"https://u:p@h/x", "https://h/x"},
                                         {"https://u:p@q@h:1/x@y", "https://h:1/x@y"},
                                         {"https://h/x@y", "https://h/x@y"},
                                         {"git@h:x", "git@h:x"},
                                         {"", ""}};
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    char *shown = os2_git_url_without_user(pairs[i][0]);
    assert_string_equal(shown, pairs[i][1]);
    free(shown);
  }
}

static void gives_credentials_to_their_host(void **state) {
  (void)state;
  static const os2_git_credential list[] = {{"a.test", "x", "y"},
                                            {"b.test:8443", "u", "p"},
                                            {"http://c.test:8080", "u", "p"},
                                            {"https://d.test/", "u", "p"}};
  static const struct {
    const char *url;
    const char *header;
  } cases[] = {{"https://a.test/x", "Authorization: Basic eDp5"},
               {"https://A.test:443/x", "Authorization: Basic eDp5"},
               {"http://a.test:80/x", NULL},
               {"http://a.test/x", NULL},
               {"http://a.test:443/x", NULL},
               {"http://b.test:8443/x", NULL},
               {"http://c.test:8080/x", "Authorization: Basic dTpw"},
               {"HTTP://C.test:8080/x", "Authorization: Basic dTpw"},
               {"https://c.test:8080/x", NULL},
               {"http://c.test/x", NULL},
               {"https://d.test:443/x", "Authorization: Basic dTpw"},
               {"http://d.test/x", NULL},
               {"https://a.test:80/x", NULL},
               {"https://a.test:444/x", NULL},
               {"https://a.test.evil/x", NULL},
               {"https://evil/a.test", NULL},
               {"https://aa.test/", NULL},
               {"https://b.test:8443/x", "Authorization: Basic dTpw"},
               {"https://b.test/x", NULL}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char *header = os2_git_authorization(cases[i].url, list, sizeof list / sizeof *list);
    if (cases[i].header == NULL)
      assert_null(header);
    else
      assert_string_equal(header, cases[i].header);
    free(header);
  }
}

static void asks_the_service(void **state) {
  (void)state;
  os2_git_http request = {.repository = "https://h/x.git/"};
  char *url = os2_git_http_url(&request);
  assert_string_equal(url, "https://h/x.git/info/refs?service=git-upload-pack");
  free(url);
  request.body = "0000";
  url = os2_git_http_url(&request);
  assert_string_equal(url, "https://h/x.git/git-upload-pack");
  free(url);
}

static os2_kind kind_of(int status, const char *name, const char *value, bool has_credentials) {
  os2_http_header header = {.name = os2_mem_unconst(name), .value = os2_mem_unconst(value)};
  os2_http_response answer = {.status = status, .headers = &header, .header_count = 1};
  os2_git_http asked = {.repository = "https://h/x",
                        .authorization = has_credentials ? "Authorization: Basic eDp5" : NULL};
  os2_err err = {.kind = OS2_OK};
  if (os2_git_check_answer(&asked, &answer, &err) == 0) return OS2_OK;
  assert_int_equal(err.status, status);
  assert_null(strstr(err.message, "eDp5"));
  assert_null(strstr(err.message, "secret"));
  return err.kind;
}

static void tells_what_an_answer_means(void **state) {
  (void)state;
  const char *type = "content-type";
  assert_int_equal(kind_of(200, type, "application/x-git-upload-pack-advertisement", false),
                   OS2_OK);
  assert_int_equal(kind_of(200, type, "text/html", false), OS2_PROTOCOL);
  assert_int_equal(kind_of(301, "location", "https://u:secret@o/x?secret", true), OS2_PROTOCOL);
  assert_int_equal(kind_of(401, type, "", false), OS2_DENIED);
  assert_int_equal(kind_of(403, type, "", true), OS2_DENIED);
  assert_int_equal(kind_of(404, type, "", true), OS2_NOT_FOUND);
  assert_int_equal(kind_of(503, type, "", false), OS2_UNAVAILABLE);
  assert_int_equal(kind_of(204, type, "", false), OS2_PROTOCOL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(takes_http_urls_only), cmocka_unit_test(shows_urls_without_user),
      cmocka_unit_test(gives_credentials_to_their_host), cmocka_unit_test(asks_the_service),
      cmocka_unit_test(tells_what_an_answer_means)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
