/* tar_fuzz: whatever a member's names and numbers are, its header is read back as what it was. The
   input is type, mode, size and time, then the path and, behind a NUL, the link. */
#include <stdio.h>
#include <string.h>

#include "core/context/tar.h"
#include "fuzz.h"

enum { NUMBERS = 1 + 4 + 8 + 8 };

/* What a reader makes of the headers. */
typedef struct {
  char path[4096], link[4096];
  uint64_t size;
  int64_t mtime;
} member;

static uint64_t octal(const char *field, size_t room) {
  char text[16] = "";
  memcpy(text, field, room);
  return strtoull(text, NULL, 8);
}

static void check_sum(const char *header) {
  uint64_t sum = 0;
  for (size_t i = 0; i < OS2_TAR_BLOCK_BYTES; i++)
    sum += i >= 148 && i < 156 ? ' ' : (unsigned char)header[i];
  must(octal(header + 148, 7) == sum);
  must(memcmp(header + 257,
              "ustar\0"
              "00",
              8) == 0);
}

static void read_ustar(const char *header, member *m) {
  check_sum(header);
  int has_prefix = header[345] != '\0';
  snprintf(m->path, sizeof m->path, "%.155s%s%.100s", header + 345, has_prefix ? "/" : "", header);
  snprintf(m->link, sizeof m->link, "%.100s", header + 157);
  m->size = octal(header + 124, 12);
  m->mtime = (int64_t)octal(header + 136, 12);
}

static void apply_record(member *m, const char *text, size_t len) {
  if (len > 5 && memcmp(text, "path=", 5) == 0)
    snprintf(m->path, sizeof m->path, "%.*s", (int)(len - 5), text + 5);
  else if (len > 9 && memcmp(text, "linkpath=", 9) == 0)
    snprintf(m->link, sizeof m->link, "%.*s", (int)(len - 9), text + 9);
  else if (len > 5 && memcmp(text, "size=", 5) == 0)
    m->size = strtoull(text + 5, NULL, 10);
  else if (len > 6 && memcmp(text, "mtime=", 6) == 0)
    m->mtime = strtoll(text + 6, NULL, 10);
  else
    abort();
}

/* "LENGTH key=value\n", where LENGTH counts all of it. */
static void apply_records(member *m, const char *text, size_t len) {
  for (size_t size; len > 0; text += size, len -= size) {
    char *value;
    size = strtoul(text, &value, 10);
    must(size > 0 && size <= len && *value == ' ' && text[size - 1] == '\n');
    value++;
    apply_record(m, value, (size_t)(text + size - 1 - value));
  }
}

static void read_back(const char *bytes, size_t len, member *m) {
  size_t records = 0;
  if (bytes[156] == 'x') {
    check_sum(bytes);
    records = octal(bytes + 124, 12);
    bytes += OS2_TAR_BLOCK_BYTES;
  }
  size_t area = records + os2_tar_padding(records);
  must(len == (records > 0 ? OS2_TAR_BLOCK_BYTES : 0) + area + OS2_TAR_BLOCK_BYTES);
  read_ustar(bytes + area, m);
  apply_records(m, bytes, records);
}

static void check(const os2_tar_entry *entry) {
  size_t len = os2_tar_header_size(entry);
  member m;
  must(len % OS2_TAR_BLOCK_BYTES == 0 && (len == OS2_TAR_BLOCK_BYTES) == os2_tar_is_plain(entry));
  char *bytes = malloc(len);
  os2_tar_header(entry, bytes);
  read_back(bytes, len, &m);
  must(strcmp(m.path, entry->path) == 0 && strcmp(m.link, entry->link) == 0);
  must(m.size == entry->size && m.mtime == entry->mtime);
  free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
  static const os2_tar_type types[] = {OS2_TAR_FILE, OS2_TAR_HARD_LINK, OS2_TAR_SYMLINK,
                                       OS2_TAR_DIRECTORY};
  if (len <= NUMBERS || len > NUMBERS + 4000 || bytes[NUMBERS] == '\0') return 0;
  os2_tar_entry entry = {.type = types[bytes[0] % 4]};
  char *path = strndup((const char *)bytes + NUMBERS, len - NUMBERS);
  size_t link_at = NUMBERS + strlen(path) + 1;
  char *link = strndup((const char *)bytes + (link_at < len ? link_at : len),
                       link_at < len ? len - link_at : 0);
  memcpy(&entry.mode, bytes + 1, sizeof entry.mode);
  memcpy(&entry.size, bytes + 5, sizeof entry.size);
  memcpy(&entry.mtime, bytes + 13, sizeof entry.mtime);
  entry.path = path;
  entry.link = link;
  check(&entry);
  free(link);
  free(path);
  return 0;
}
