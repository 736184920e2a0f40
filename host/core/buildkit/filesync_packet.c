/* filesync_packet: the messages of moby.filesync.v1.FileSync/DiffCopy (fsutil's wire.proto). */
#include "core/buildkit/filesync_packet.h"

#include <string.h>

#include "core/buildkit/grpc.h"

/* Packet {1: type, 2: Stat, 3: ID, 4: data}. */
enum { PACKET_TYPE = 1, PACKET_STAT, PACKET_ID, PACKET_DATA };
/* Stat {1: path, 2: mode, 3: uid, 4: gid, 5: size, 6: modTime, 7: linkname, …}. */
enum { STAT_PATH = 1, STAT_MODE = 2, STAT_SIZE = 5, STAT_TIME = 6, STAT_LINK = 7 };

int os2_filesync_read_message(os2_filesync_packet *out, const char *message, size_t len) {
  os2_pb_cursor cursor = os2_pb_open((os2_text){message, len});
  os2_pb_field field;
  int rc;
  *out = (os2_filesync_packet){0};
  while ((rc = os2_pb_next(&cursor, &field)) > 0) {
    if (field.number == PACKET_TYPE) out->type = field.value;
    if (field.number == PACKET_ID) out->id = field.value;
    if (field.number == PACKET_DATA) out->data = field.text;
  }
  return rc;
}

uint32_t os2_filesync_mode(os2_tar_type type, uint32_t permissions) {
  uint32_t mode = permissions & 0777;
  if (permissions & 04000) mode |= UINT32_C(1) << 23;
  if (permissions & 02000) mode |= UINT32_C(1) << 22;
  if (permissions & 01000) mode |= UINT32_C(1) << 20;
  if (type == OS2_TAR_DIRECTORY) mode |= UINT32_C(1) << 31;
  if (type == OS2_TAR_SYMLINK) mode |= UINT32_C(1) << 27;
  return mode;
}

/* ---- stat ---- */

/* A directory's path has no slash at its end here. */
static size_t filesync_packet_path_len(const os2_context_entry *entry) {
  size_t len = strlen(entry->tar.path);
  return entry->tar.type == OS2_TAR_DIRECTORY ? len - 1 : len;
}

static size_t filesync_packet_size_of(const os2_context_entry *entry) {
  bool is_file = entry->tar.type == OS2_TAR_FILE || entry->tar.type == OS2_TAR_HARD_LINK;
  return is_file ? (size_t)entry->stamp.size : 0;
}

static size_t filesync_packet_inner_size(const os2_context_entry *entry) {
  uint32_t mode = os2_filesync_mode(entry->tar.type, entry->tar.mode);
  size_t size = os2_pb_text_size(STAT_PATH, filesync_packet_path_len(entry)) +
                os2_pb_number_size(STAT_MODE, mode) +
                os2_pb_number_size(STAT_SIZE, filesync_packet_size_of(entry)) +
                os2_pb_number_size(STAT_TIME, (uint64_t)entry->stamp.mtime);
  if (entry->tar.link != NULL) size += os2_pb_text_size(STAT_LINK, strlen(entry->tar.link));
  return size;
}

static size_t filesync_packet_stat_len(const os2_context_entry *entry) {
  return os2_pb_number_size(PACKET_TYPE, OS2_FILESYNC_STAT) +
         os2_pb_text_size(PACKET_STAT, filesync_packet_inner_size(entry));
}

size_t os2_filesync_stat_size(const os2_context_entry *entry) {
  return OS2_GRPC_PREFIX + filesync_packet_stat_len(entry);
}

char *os2_filesync_write_stat(char *out, const os2_context_entry *entry) {
  out = os2_grpc_write_prefix(out, filesync_packet_stat_len(entry));
  out = os2_pb_write_number(out, PACKET_TYPE, OS2_FILESYNC_STAT);
  out = os2_pb_write_head(out, PACKET_STAT, filesync_packet_inner_size(entry));
  out = os2_pb_write_text(out, STAT_PATH, entry->tar.path, filesync_packet_path_len(entry));
  out = os2_pb_write_number(out, STAT_MODE, os2_filesync_mode(entry->tar.type, entry->tar.mode));
  out = os2_pb_write_number(out, STAT_SIZE, filesync_packet_size_of(entry));
  out = os2_pb_write_number(out, STAT_TIME, (uint64_t)entry->stamp.mtime);
  if (entry->tar.link == NULL) return out;
  return os2_pb_write_text(out, STAT_LINK, entry->tar.link, strlen(entry->tar.link));
}

/* ---- the others ---- */

char *os2_filesync_write_end(char *out, os2_filesync_type type) {
  out = os2_grpc_write_prefix(out, OS2_FILESYNC_END_SIZE - OS2_GRPC_PREFIX);
  return os2_pb_write_number(out, PACKET_TYPE, type);
}

static size_t filesync_packet_data_len(uint32_t id, size_t len) {
  size_t size =
      os2_pb_number_size(PACKET_TYPE, OS2_FILESYNC_DATA) + os2_pb_number_size(PACKET_ID, id);
  return len > 0 ? size + os2_pb_text_size(PACKET_DATA, len) : size;
}

size_t os2_filesync_data_head_size(uint32_t id, size_t len) {
  return OS2_GRPC_PREFIX + filesync_packet_data_len(id, len) - len;
}

char *os2_filesync_write_data_head(char *out, uint32_t id, size_t len) {
  out = os2_grpc_write_prefix(out, filesync_packet_data_len(id, len));
  out = os2_pb_write_number(out, PACKET_TYPE, OS2_FILESYNC_DATA);
  out = os2_pb_write_number(out, PACKET_ID, id);
  return len > 0 ? os2_pb_write_head(out, PACKET_DATA, len) : out;
}
