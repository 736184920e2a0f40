/* tar_test: header bytes, PAX records, and what GNU tar makes of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/context/tar.h"

static char long_name[400];
static char deep_name[240];

static int prepare(void **state) {
  (void)state;
  memset(long_name, 'n', 350);
  for (size_t i = 0; i < 199; i++) deep_name[i] = i % 50 == 49 ? '/' : 'd';
  return 0;
}

static char *render(const os2_tar_entry *entry, size_t *len) {
  *len = os2_tar_header_size(entry);
  char *bytes = malloc(*len);
  os2_tar_header(entry, bytes);
  return bytes;
}

static void check_octal(const char *field, const char *digits) {
  assert_memory_equal(field, digits, strlen(digits) + 1);
}

static void writes_plain_ustar(void **state) {
  (void)state;
  os2_tar_entry entry = {OS2_TAR_FILE, "Dockerfile", NULL, 04755, 1234, 1700000000, NULL, 0};
  size_t len;
  char *bytes = render(&entry, &len);
  assert_int_equal(len, 512);
  assert_true(os2_tar_is_plain(&entry));
  assert_string_equal(bytes, "Dockerfile");
  check_octal(bytes + 100, "0004755");
  check_octal(bytes + 108, "0000000");
  check_octal(bytes + 116, "0000000");
  check_octal(bytes + 124, "00000002322");
  check_octal(bytes + 136, "14524770400");
  assert_int_equal(bytes[156], '0');
  assert_memory_equal(bytes + 257,
                      "ustar\0"
                      "00",
                      8);
  assert_int_equal(bytes[265], 0);
  assert_int_equal(bytes[297], 0);
  unsigned sum = 0;
  for (size_t i = 0; i < 512; i++) sum += i >= 148 && i < 156 ? ' ' : (unsigned char)bytes[i];
  char checksum[9];
  snprintf(checksum, sizeof checksum, "%06o", sum);
  assert_memory_equal(bytes + 148, checksum, 7);
  assert_int_equal(bytes[155], ' ');
  free(bytes);
}

static void pads_to_blocks(void **state) {
  (void)state;
  assert_int_equal(os2_tar_padding(0), 0);
  assert_int_equal(os2_tar_padding(1), 511);
  assert_int_equal(os2_tar_padding(511), 1);
  assert_int_equal(os2_tar_padding(512), 0);
  assert_int_equal(os2_tar_padding(UINT64_C(0x300000001)), 511);
}

static os2_tar_entry named(const char *path) {
  return (os2_tar_entry){.type = OS2_TAR_FILE, .path = path, .mode = 0644};
}

/* len characters with a slash at `slash` (0 for none). */
static char *name_of(size_t len, size_t slash) {
  static char name[512];
  memset(name, 'x', len);
  name[len] = '\0';
  if (slash > 0) name[slash] = '/';
  return name;
}

static void knows_what_ustar_holds(void **state) {
  (void)state;
  static const struct {
    size_t len, slash;
    bool plain;
  } cases[] = {
      {100, 0, true},    {101, 0, false},   {101, 1, true},   {101, 50, true},   {256, 155, true},
      {257, 155, false}, {257, 156, false}, {255, 154, true}, {156, 155, false}, {157, 155, true},
      {101, 100, false}, {200, 20, false},  {102, 1, true},   {103, 1, false},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    os2_tar_entry entry = named(name_of(cases[i].len, cases[i].slash));
    if (os2_tar_is_plain(&entry) != cases[i].plain)
      fail_msg("%zu characters, slash at %zu", cases[i].len, cases[i].slash);
  }
}

static void splits_a_name_at_a_slash(void **state) {
  (void)state;
  os2_tar_entry entry = named(name_of(256, 155));
  size_t len;
  char *bytes = render(&entry, &len);
  assert_int_equal(len, 512);
  assert_memory_equal(bytes, entry.path + 156, 100);
  assert_memory_equal(bytes + 345, entry.path, 155);
  free(bytes);
}

static void check_records(const os2_tar_entry *entry, const char *records, size_t records_len) {
  size_t len;
  char *bytes = render(entry, &len);
  assert_false(os2_tar_is_plain(entry));
  assert_int_equal(len, 512 + (records_len + 511) / 512 * 512 + 512);
  assert_int_equal(bytes[156], 'x');
  char size[12];
  snprintf(size, sizeof size, "%011zo", records_len);
  check_octal(bytes + 124, size);
  assert_memory_equal(bytes + 512, records, records_len);
  for (size_t i = 512 + records_len; i < len - 512; i++) assert_int_equal(bytes[i], 0);
  assert_int_equal(bytes[len - 512 + 156], entry->type);
  free(bytes);
}

static void writes_pax_records(void **state) {
  (void)state;
  char expected[1024];
  os2_tar_entry entry = named(long_name);
  int len = snprintf(expected, sizeof expected, "360 path=%s\n", long_name);
  assert_int_equal(len, 360);
  check_records(&entry, expected, (size_t)len);

  entry = (os2_tar_entry){OS2_TAR_SYMLINK, "l", long_name, 0777, 0, 0, NULL, 0};
  len = snprintf(expected, sizeof expected, "364 linkpath=%s\n", long_name);
  check_records(&entry, expected, (size_t)len);

  entry = named("big");
  entry.size = UINT64_C(8) << 30;
  check_records(&entry, "19 size=8589934592\n", 19);
  entry.size--;
  assert_true(os2_tar_is_plain(&entry));

  entry = named("old");
  entry.mtime = -1;
  check_records(&entry, "12 mtime=-1\n", 12);
}

/* The length counts its own digits: 99 and 100 bytes are the places where that matters. */
static void counts_a_record_with_its_digits(void **state) {
  (void)state;
  for (size_t target = 101; target < 2000; target++) {
    char link[2001] = "";
    memset(link, 'l', target);
    os2_tar_entry entry = {OS2_TAR_SYMLINK, "l", link, 0777, 0, 0, NULL, 0};
    size_t len;
    char *bytes = render(&entry, &len);
    size_t said = strtoul(bytes + 512, NULL, 10);
    assert_int_equal(bytes[512 + said - 1], '\n');
    assert_int_equal(bytes[512 + said - 2], 'l');
    assert_int_equal(said, strtoul(bytes + 124, NULL, 8));
    free(bytes);
  }
}

static void add(FILE *out, os2_tar_entry entry) {
  size_t len;
  char *bytes = render(&entry, &len);
  fwrite(bytes, 1, len, out);
  free(bytes);
}

static void write_archive(FILE *out) {
  static const char zeros[OS2_TAR_END_BYTES];
  add(out, (os2_tar_entry){OS2_TAR_FILE, "Dockerfile", NULL, 0644, 3, 0, NULL, 0});
  fwrite("abc", 1, 3, out);
  fwrite(zeros, 1, os2_tar_padding(3), out);
  add(out, (os2_tar_entry){OS2_TAR_DIRECTORY, "d/", NULL, 01777, 0, 86400, NULL, 0});
  add(out, (os2_tar_entry){OS2_TAR_FILE, "d/caf\xC3\xA9", NULL, 06755, 0, 0, NULL, 0});
  add(out, (os2_tar_entry){OS2_TAR_FILE, "d/\xFF\n", NULL, 0600, 0, 0, NULL, 0});
  add(out, (os2_tar_entry){OS2_TAR_SYMLINK, "l", "/nowhere", 0777, 0, 0, NULL, 0});
  add(out, (os2_tar_entry){OS2_TAR_HARD_LINK, "h", "Dockerfile", 0644, 0, 0, NULL, 0});
  add(out, (os2_tar_entry){OS2_TAR_SYMLINK, long_name, long_name, 0777, 0, -86400, NULL, 0});
  add(out, (os2_tar_entry){OS2_TAR_FILE, deep_name, NULL, 0644, 0, 0, NULL, 0});
  fwrite(zeros, 1, sizeof zeros, out);
}

/* What `tar tvf` says of the archive, in UTC and with names as bytes. */
static char *list_with_gnu_tar(void) {
  char path[] = "/tmp/os2-tar-XXXXXX";
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  FILE *file = fdopen(fd, "wb");
  write_archive(file);
  fclose(file);
  char command[200];
  snprintf(command, sizeof command, "TZ=UTC LC_ALL=C tar --quoting-style=literal -tvf %s", path);
  FILE *tar = popen(command, "r");
  char *text = calloc(1, 8192);
  size_t len = fread(text, 1, 8191, tar);
  assert_int_equal(pclose(tar), 0);
  assert_true(len > 0);
  unlink(path);
  return text;
}

__attribute__((format(printf, 2, 3))) static void has_line(const char *text, const char *format,
                                                           ...) {
  char line[1000];
  va_list args;
  va_start(args, format);
  vsnprintf(line, sizeof line, format, args);
  va_end(args);
  if (strstr(text, line) == NULL) fail_msg("no <%s> in:\n%s", line, text);
}

static void is_read_by_gnu_tar(void **state) {
  (void)state;
  char *text = list_with_gnu_tar();
  has_line(text, "-rw-r--r-- 0/0               3 1970-01-01 00:00 Dockerfile\n");
  has_line(text, "drwxrwxrwt 0/0               0 1970-01-02 00:00 d/\n");
  has_line(text, "-rwsr-sr-x 0/0               0 1970-01-01 00:00 d/caf\xC3\xA9\n");
  has_line(text, "-rw------- 0/0               0 1970-01-01 00:00 d/\xFF\n\n");
  has_line(text, "lrwxrwxrwx 0/0               0 1970-01-01 00:00 l -> /nowhere\n");
  has_line(text, "hrw-r--r-- 0/0               0 1970-01-01 00:00 h link to Dockerfile\n");
  has_line(text, "lrwxrwxrwx 0/0               0 1969-12-31 00:00 %s -> %s\n", long_name,
           long_name);
  has_line(text, "-rw-r--r-- 0/0               0 1970-01-01 00:00 %s\n", deep_name);
  free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(writes_plain_ustar),     cmocka_unit_test(pads_to_blocks),
      cmocka_unit_test(knows_what_ustar_holds), cmocka_unit_test(splits_a_name_at_a_slash),
      cmocka_unit_test(writes_pax_records),     cmocka_unit_test(counts_a_record_with_its_digits),
      cmocka_unit_test(is_read_by_gnu_tar),
  };
  return cmocka_run_group_tests(tests, prepare, NULL);
}
