/* filesync_packet_test: the messages of a file transfer, byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/buildkit/filesync_packet.h"

static void modes_are_those_of_go(void **state) {
  (void)state;
  assert_int_equal(os2_filesync_mode(OS2_TAR_FILE, 0644), 0644);
  assert_int_equal(os2_filesync_mode(OS2_TAR_FILE, 07755), 0755 | 0xD00000);
  assert_int_equal(os2_filesync_mode(OS2_TAR_DIRECTORY, 0755), 0x80000000U | 0755);
  assert_int_equal(os2_filesync_mode(OS2_TAR_SYMLINK, 0777), 0x8000000U | 0777);
}

static void a_stat_has_its_bytes(void **state) {
  (void)state;
  static const char expected[] = "\0\0\0\0\x18"
                                 "\x08\x00\x12\x14\x0a\x03"
                                 "d\xE9"
                                 "f\x10\xa4\x03\x28\xac\x02\x30\x81\x80\x80\x80\x10\x3a\x01l";
  os2_context_entry entry = {.tar = {.type = OS2_TAR_HARD_LINK,
                                     .path = "d\xE9"
                                             "f",
                                     .link = "l",
                                     .mode = 0644},
                             .stamp = {.size = 300, .mtime = INT64_C(1) << 32 | 1}};
  char out[64];
  size_t len = (size_t)(os2_filesync_write_stat(out, &entry) - out);
  assert_int_equal(len, os2_filesync_stat_size(&entry));
  assert_int_equal(len, sizeof expected - 1);
  assert_memory_equal(out, expected, len);
}

static void what_is_no_message_is_refused(void **state) {
  (void)state;
  os2_filesync_packet packet;
  assert_int_equal(os2_filesync_read_message(&packet, "\x08\x01\x18\x07", 4), 0);
  assert_int_equal(packet.type, OS2_FILESYNC_REQ);
  assert_int_equal(packet.id, 7);
  assert_int_equal(os2_filesync_read_message(&packet, "\x08", 1), -1);
  assert_int_equal(os2_filesync_read_message(&packet, "\x22\x7f", 2), -1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(modes_are_those_of_go),
      cmocka_unit_test(a_stat_has_its_bytes),
      cmocka_unit_test(what_is_no_message_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
