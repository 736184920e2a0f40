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

/* Of the sources "short", "", and LONG zero bytes; the digests are those of `xxhsum -H2`. */
const char host_compiled_bytes[1] = "";
const host_compiled host_compiled_files[] = {{"a.lua",
                                              0,
                                              5,
                                              0,
                                              0,
                                              {0x5a, 0xde, 0x05, 0x26, 0x95, 0x25, 0x17, 0x92, 0x12,
                                               0x70, 0x12, 0xd5, 0xe9, 0xdf, 0xde, 0x89}},
                                             {"b/c.lua",
                                              0,
                                              0,
                                              0,
                                              0,
                                              {0x99, 0xaa, 0x06, 0xd3, 0x01, 0x47, 0x98, 0xd8, 0x60,
                                               0x01, 0xc3, 0x24, 0x46, 0x8d, 0x49, 0x7f}},
                                             {"d.lua",
                                              0,
                                              LONG,
                                              0,
                                              0,
                                              {0x77, 0xd9, 0x92, 0xe9, 0xf1, 0x02, 0x7c, 0xc6, 0x1d,
                                               0x23, 0xe0, 0x8a, 0x2d, 0x11, 0x7e, 0xac}}};
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
