/* follow_test: what the symbolic links of a build's paths lead to. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/context/follow.h"

static char base[] = "/tmp/os2-follow-XXXXXX";

static void sh(const char *command) {
  if (system(command) != 0) fail_msg("%s", command);
}

static int set_up(void **state) {
  (void)state;
  strcpy(base, "/tmp/os2-follow-XXXXXX");
  if (mkdtemp(base) == NULL || chdir(base) != 0 || mkdir("ctx", 0755) != 0) return -1;
  sh("printf 'FROM scratch\\n' > ctx/Dockerfile");
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  char command[64];
  snprintf(command, sizeof command, "rm -rf %s", base);
  return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static void check_follow(const char *const *paths, const char *expected) {
  char found[512] = "";
  os2_err err;
  int root = open("ctx", O_RDONLY | O_DIRECTORY);
  char **list = os2_follow(root, paths, &err);
  assert_int_equal(err.kind, OS2_OK);
  for (char **one = list; one != NULL && *one != NULL; one++) {
    strcat(found, *one);
    strcat(found, " ");
  }
  assert_string_equal(list == NULL ? "everything" : found, expected);
  os2_follow_free(list);
  close(root);
}

static void links_are_followed(void **state) {
  (void)state;
  sh("cd ctx; mkdir -p other src; touch other/t src/g; ln -s other/t lnk; ln -s /other/t abs;"
     "ln -s ../../../other up; ln -s b a; ln -s a b; ln -s self/x self; ln -s . dot;"
     "ln -s ../lnk src/chain");
  check_follow((const char *const[]){"lnk", NULL}, "lnk other/t ");
  check_follow((const char *const[]){"abs", NULL}, "abs other/t ");
  check_follow((const char *const[]){"up/t", NULL}, "other/t up ");
  check_follow((const char *const[]){"a", NULL}, "a b ");
  check_follow((const char *const[]){"self", NULL}, "self ");
  check_follow((const char *const[]){"src/chain", NULL}, "lnk other/t src/chain ");
  check_follow((const char *const[]){"l*", "/src/../src/g", NULL}, "l* other/t src/g ");
  check_follow((const char *const[]){"src", "src/g", "nowhere/x", NULL}, "nowhere/x src ");
  check_follow((const char *const[]){"../../src", NULL}, "src ");
  check_follow((const char *const[]){"dot", NULL}, "everything");
  check_follow((const char *const[]){"src", "/", NULL}, "everything");
  check_follow((const char *const[]){"src/[", NULL}, "src/[ ");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(links_are_followed, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
