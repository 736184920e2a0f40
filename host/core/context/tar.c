/* tar: headers of a tar archive: ustar, with PAX records for values that ustar cannot hold. */
#include "core/context/tar.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The ustar header of POSIX.1-1988: numbers are octal text. */
typedef struct ustar {
  char name[100];
  char mode[8];
  char uid[8];
  char gid[8];
  char size[12];
  char mtime[12];
  char checksum[8];
  char type;
  char link[100];
  char magic[6];
  char version[2];
  char user[32];
  char group[32];
  char major[8];
  char minor[8];
  char prefix[155];
  char unused[12];
} ustar;
_Static_assert(sizeof(ustar) == OS2_TAR_BLOCK_BYTES, "a ustar header is one block");

static const uint64_t number_limit = UINT64_C(1) << 33; /* eleven octal digits */
static const char pax_name[] = "PaxHeaders/";

typedef struct record {
  const char *key;
  const char *value;
  size_t len;
} record;

/* What has to be said in PAX records: at most these five. */
typedef struct record_list {
  record records[5];
  size_t count;
  char size[24];
  char mtime[24];
} record_list;

/* Returns where to cut the path so that both parts fit into prefix and name; 0: no cut is needed,
   -1: the path does not fit. */
static int tar_split_at(const char *path) {
  size_t len = strlen(path);
  if (len <= sizeof((ustar){0}.name)) return 0;
  size_t cut = sizeof((ustar){0}.prefix);
  if (cut > len - 2) cut = len - 2;
  for (; cut > 0 && len - cut - 1 <= sizeof((ustar){0}.name); cut--) {
    if (path[cut] == '/') return (int)cut;
  }
  return -1;
}

static bool tar_fits_number(int64_t value) { return value >= 0 && (uint64_t)value < number_limit; }

static void tar_add_record(record_list *list, const char *key, const char *value) {
  list->records[list->count++] = (record){key, value, strlen(value)};
}

static void tar_list_records(const os2_tar_entry *entry, record_list *list) {
  list->count = 0;
  if (tar_split_at(entry->path) < 0) tar_add_record(list, "path", entry->path);
  if (entry->link != NULL && strlen(entry->link) > sizeof((ustar){0}.link))
    tar_add_record(list, "linkpath", entry->link);
  if (entry->size >= number_limit) {
    snprintf(list->size, sizeof list->size, "%" PRIu64, entry->size);
    tar_add_record(list, "size", list->size);
  }
  if (!tar_fits_number(entry->mtime)) {
    snprintf(list->mtime, sizeof list->mtime, "%" PRId64, entry->mtime);
    tar_add_record(list, "mtime", list->mtime);
  }
  if (entry->capability != NULL)
    list->records[list->count++] =
        (record){"SCHILY.xattr.security.capability", entry->capability, entry->capability_len};
}

/* Returns the size of a record "LENGTH key=value\n", where LENGTH includes its own digits. */
static size_t tar_record_size(const record *it) {
  size_t rest = strlen(it->key) + it->len + 3;
  size_t total = rest + 1;
  while (total != rest + (size_t)snprintf(NULL, 0, "%zu", total)) total++;
  return total;
}

static size_t tar_records_size(const record_list *list) {
  size_t size = 0;
  for (size_t i = 0; i < list->count; i++) size += tar_record_size(&list->records[i]);
  return size;
}

size_t os2_tar_padding(uint64_t size) {
  return (size_t)((OS2_TAR_BLOCK_BYTES - size % OS2_TAR_BLOCK_BYTES) % OS2_TAR_BLOCK_BYTES);
}

bool os2_tar_is_plain(const os2_tar_entry *entry) {
  record_list list;
  tar_list_records(entry, &list);
  return list.count == 0;
}

size_t os2_tar_header_size(const os2_tar_entry *entry) {
  record_list list;
  tar_list_records(entry, &list);
  if (list.count == 0) return OS2_TAR_BLOCK_BYTES;
  size_t size = tar_records_size(&list);
  return OS2_TAR_BLOCK_BYTES + size + os2_tar_padding(size) + OS2_TAR_BLOCK_BYTES;
}

/* A field that is full has no NUL at its end. */
static void tar_put_text(char *field, size_t room, const char *text, size_t len) {
  memcpy(field, text, len < room ? len : room);
}

static void tar_put_octal(char *field, size_t room, uint64_t value) {
  char digits[32];
  snprintf(digits, sizeof digits, "%0*" PRIo64, (int)room - 1, value);
  memcpy(field, digits, room - 1);
}

static void tar_put_path(ustar *header, const char *path) {
  int cut = tar_split_at(path);
  if (cut > 0) {
    tar_put_text(header->prefix, sizeof header->prefix, path, (size_t)cut);
    path += cut + 1;
  }
  tar_put_text(header->name, sizeof header->name, path, strlen(path));
}

/* The checksum is computed with blanks in its own field. */
static void tar_put_checksum(ustar *header) {
  memset(header->checksum, ' ', sizeof header->checksum);
  uint64_t sum = 0;
  const unsigned char *bytes = (const unsigned char *)header;
  for (size_t i = 0; i < sizeof *header; i++) sum += bytes[i];
  tar_put_octal(header->checksum, sizeof header->checksum - 1, sum);
  header->checksum[sizeof header->checksum - 2] = '\0';
}

/* A number that does not fit is written as 0; a PAX record holds it. */
static void tar_write_ustar(const os2_tar_entry *entry, char *out) {
  ustar header = {.type = (char)entry->type};
  tar_put_path(&header, entry->path);
  tar_put_octal(header.mode, sizeof header.mode, entry->mode & 07777);
  tar_put_octal(header.uid, sizeof header.uid, 0);
  tar_put_octal(header.gid, sizeof header.gid, 0);
  tar_put_octal(header.size, sizeof header.size, entry->size < number_limit ? entry->size : 0);
  tar_put_octal(header.mtime, sizeof header.mtime,
                tar_fits_number(entry->mtime) ? (uint64_t)entry->mtime : 0);
  if (entry->link != NULL)
    tar_put_text(header.link, sizeof header.link, entry->link, strlen(entry->link));
  memcpy(header.magic, "ustar", sizeof header.magic);
  memcpy(header.version, "00", sizeof header.version);
  tar_put_octal(header.major, sizeof header.major, 0);
  tar_put_octal(header.minor, sizeof header.minor, 0);
  tar_put_checksum(&header);
  memcpy(out, &header, sizeof header);
}

static char *tar_write_record(const record *it, char *out) {
  size_t size = tar_record_size(it);
  char *end = out + size;
  int head = snprintf(out, size, "%zu %s=", size, it->key);
  memcpy(out + head, it->value, it->len);
  end[-1] = '\n';
  return end;
}

/* Writes the member that holds the PAX records. Its name is visible only to programs that do not
   support PAX. */
static char *tar_write_pax(const os2_tar_entry *entry, const record_list *list, char *out) {
  char name[sizeof((ustar){0}.name) + 1];
  snprintf(name, sizeof name, "%s%s", pax_name, entry->path);
  size_t len = strlen(name);
  if (name[len - 1] == '/') name[len - 1] = '\0';
  os2_tar_entry pax = {.type = (os2_tar_type)'x', .path = name, .mode = 0644};
  pax.size = tar_records_size(list);
  tar_write_ustar(&pax, out);
  out += OS2_TAR_BLOCK_BYTES;
  for (size_t i = 0; i < list->count; i++) out = tar_write_record(&list->records[i], out);
  memset(out, 0, os2_tar_padding(pax.size));
  return out + os2_tar_padding(pax.size);
}

void os2_tar_header(const os2_tar_entry *entry, char *out) {
  record_list list;
  tar_list_records(entry, &list);
  if (list.count > 0) out = tar_write_pax(entry, &list, out);
  tar_write_ustar(entry, out);
}
