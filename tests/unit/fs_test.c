/* fs_test: atomic writes and locks. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/fs.h"

static int enter_directory(void **state) {
  (void)state;
  char directory[] = "/tmp/fs_test.XXXXXX";
  return mkdtemp(directory) != NULL && chdir(directory) == 0 ? 0 : -1;
}

static int leave_directory(void **state) {
  (void)state;
  char directory[256];
  unlink("file");
  unlink("lock");
  if (getcwd(directory, sizeof directory) == NULL || chdir("/") != 0) return -1;
  return rmdir(directory); /* fails when anything else was left behind */
}

static void check_content(const char *wanted) {
  char content[64] = "";
  FILE *file = fopen("file", "rb");
  assert_non_null(file);
  size_t len = fread(content, 1, sizeof content - 1, file);
  fclose(file);
  assert_int_equal(len, strlen(wanted));
  assert_string_equal(content, wanted);
}

static void check_mode(mode_t mode) {
  struct stat found;
  assert_int_equal(stat("file", &found), 0);
  assert_int_equal(found.st_mode & 07777, mode);
}

static void test_write(void **state) {
  (void)state;
  os2_err err;
  mode_t before = umask(077);
  assert_int_equal(os2_fs_write_atomic("file", "one", 3, 0644, &err), 0);
  check_content("one");
  check_mode(0644);
  assert_int_equal(os2_fs_write_atomic("file", "", 0, 0600, &err), 0);
  check_content("");
  check_mode(0600);
  umask(before);
}

static void test_write_fails(void **state) {
  (void)state;
  os2_err err;
  char longest[300];
  memset(longest, 'n', sizeof longest - 1);
  longest[sizeof longest - 1] = '\0';
  assert_int_equal(os2_fs_write_atomic("file", "old", 3, 0644, &err), 0);
  const struct {
    const char *path;
    os2_kind kind;
  } cases[] = {{"none/file", OS2_NOT_FOUND},
               {"file/below", OS2_NOT_FOUND},
               {"/tmp", OS2_INVALID},
               {longest, OS2_INVALID}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_int_equal(os2_fs_write_atomic(cases[i].path, "new", 3, 0644, &err), -1);
    assert_int_equal(err.kind, cases[i].kind);
    assert_non_null(strstr(err.message, cases[i].path));
  }
  check_content("old");
}

static void test_append(void **state) {
  (void)state;
  os2_err err;
  mode_t before = umask(022);
  assert_int_equal(os2_fs_append("file", "one\n", 4, 0600, &err), 0);
  assert_int_equal(os2_fs_append("file", "two\n", 4, 0600, &err), 0);
  check_content("one\ntwo\n");
  check_mode(0600);
  umask(before);
}

static void test_append_fails(void **state) {
  (void)state;
  os2_err err;
  assert_int_equal(os2_fs_append("none/file", "x", 1, 0600, &err), -1);
  assert_int_equal(err.kind, OS2_NOT_FOUND);
  assert_int_equal(symlink("target", "link"), 0);
  assert_int_equal(os2_fs_append("link", "x", 1, 0600, &err), -1);
  assert_int_equal(access("target", F_OK), -1);
  unlink("link");
  assert_int_equal(os2_fs_append("/dev/full", "x", 1, 0600, &err), -1);
  assert_non_null(strstr(err.message, "/dev/full"));
}

static void test_lock(void **state) {
  (void)state;
  os2_err err;
  int fd = os2_fs_try_lock("lock", &err);
  assert_true(fd >= 0);
  assert_int_equal(os2_fs_try_lock("lock", &err), OS2_FS_HELD);
  close(fd);
  fd = os2_fs_try_lock("lock", &err);
  assert_true(fd >= 0);
  close(fd);
  assert_int_equal(os2_fs_try_lock("none/lock", &err), -1);
  assert_int_equal(err.kind, OS2_NOT_FOUND);
}

static void test_lock_goes_with_its_process(void **state) {
  (void)state;
  os2_err err;
  int has_lock[2];
  char byte;
  assert_int_equal(pipe(has_lock), 0);
  pid_t child = fork();
  if (child == 0) {
    if (os2_fs_try_lock("lock", &err) >= 0 && write(has_lock[1], "x", 1) == 1) pause();
    _exit(1);
  }
  assert_int_equal(read(has_lock[0], &byte, 1), 1);
  assert_int_equal(os2_fs_try_lock("lock", &err), OS2_FS_HELD);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  int fd = os2_fs_try_lock("lock", &err);
  assert_true(fd >= 0);
  close(fd);
  close(has_lock[0]);
  close(has_lock[1]);
}

static void test_input(void **state) {
  (void)state;
  int ends[2];
  char byte;
  assert_int_equal(pipe(ends), 0);
  assert_false(os2_fs_has_input(ends[0])); /* open, without data */
  assert_int_equal(write(ends[1], "xy", 2), 2);
  assert_true(os2_fs_has_input(ends[0]));
  assert_int_equal(read(ends[0], &byte, 1), 1);
  close(ends[1]);
  assert_true(os2_fs_has_input(ends[0]));
  assert_int_equal(read(ends[0], &byte, 1), 1);
  assert_false(os2_fs_has_input(ends[0])); /* at its end */
  close(ends[0]);
  assert_false(os2_fs_has_input(ends[0])); /* closed */
  int file = open("file", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  assert_false(os2_fs_has_input(file));
  assert_int_equal(write(file, "xy", 2), 2);
  assert_false(os2_fs_has_input(file));
  lseek(file, 1, SEEK_SET);
  assert_true(os2_fs_has_input(file));
  close(file);
  int device = open("/dev/zero", O_RDONLY | O_CLOEXEC);
  assert_false(os2_fs_has_input(device));
  close(device);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_write, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(test_write_fails, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(test_append, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(test_append_fails, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(test_lock, enter_directory, leave_directory),
      cmocka_unit_test_setup_teardown(test_lock_goes_with_its_process, enter_directory,
                                      leave_directory),
      cmocka_unit_test_setup_teardown(test_input, enter_directory, leave_directory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
