/* compiled_test: a compiled file is found by its name, and is the same as what is read only where
 * every byte is. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "compiled.h"
#include "dump_name.h"

enum { LONG = 40000 };

/* The sources "short", "", and LONG zero bytes. */
const char host_compiled_bytes[5 + LONG] = "short";
const host_compiled host_compiled_files[] = {
    {"a.lua", 0, 5, 0, 0}, {"b/c.lua", 0, 0, 0, 0}, {"d.lua", 5, LONG, 0, 0}};
const size_t host_compiled_count = 3;

static int written(const char *bytes, size_t len) {
  int fd = memfd_create("source", MFD_CLOEXEC);
  assert_true(fd >= 0);
  assert_int_equal(write(fd, bytes, len), len);
  assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
  return fd;
}

static bool is_same(const char *name, const char *bytes, size_t len) {
  int fd = written(bytes, len);
  bool answer = host_compiled_is_same(host_compiled_find(name), fd);
  close(fd);
  return answer;
}

static void files_are_found_by_name(void **state) {
  (void)state;
  assert_ptr_equal(host_compiled_find("a.lua"), &host_compiled_files[0]);
  assert_ptr_equal(host_compiled_find("d.lua"), &host_compiled_files[2]);
  assert_null(host_compiled_find(""));
  assert_null(host_compiled_find("c.lua"));
  assert_null(host_compiled_find("a.lua2"));
}

static void every_byte_counts(void **state) {
  (void)state;
  assert_true(is_same("a.lua", "short", 5));
  assert_false(is_same("a.lua", "shorT", 5));
  assert_false(is_same("a.lua", "shor", 4));
  assert_false(is_same("a.lua", "short\n", 6));
  assert_false(is_same("a.lua", "", 0));
  assert_true(is_same("b/c.lua", "", 0));
  assert_false(is_same("b/c.lua", "x", 1));
}

static void long_files_are_read_to_their_end(void **state) {
  static char source[LONG + 1];
  (void)state;
  memcpy(source, host_compiled_bytes + 5, LONG);
  assert_true(is_same("d.lua", source, LONG));
  assert_false(is_same("d.lua", source, LONG + 1));
  assert_false(is_same("d.lua", source, LONG - 1));
  source[LONG - 1] = 'y';
  assert_false(is_same("d.lua", source, LONG));
}

static void what_cannot_be_read_is_another_file(void **state) {
  (void)state;
  int fd = open("/", O_RDONLY | O_CLOEXEC);
  assert_false(host_compiled_is_same(&host_compiled_files[1], fd));
  close(fd);
  assert_false(host_compiled_is_same(&host_compiled_files[1], -1));
}

static void sizes_are_written_as_lua_reads_them(void **state) {
  char out[HOST_DUMP_SIZE_MAX];
  (void)state;
  assert_int_equal(host_dump_size(out, 0), 1);
  assert_memory_equal(out, "\x81", 1);
  assert_int_equal(host_dump_size(out, 126), 1);
  assert_memory_equal(out, "\xff", 1);
  assert_int_equal(host_dump_size(out, 127), 2);
  assert_memory_equal(out, "\x01\x80", 2);
  assert_int_equal(host_dump_size(out, 16383), 3);
  assert_memory_equal(out, "\x01\x00\x80", 3);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(files_are_found_by_name),
      cmocka_unit_test(every_byte_counts),
      cmocka_unit_test(long_files_are_read_to_their_end),
      cmocka_unit_test(what_cannot_be_read_is_another_file),
      cmocka_unit_test(sizes_are_written_as_lua_reads_them),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
