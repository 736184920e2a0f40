/* filesync_packet: the messages of moby.filesync.v1.FileSync/DiffCopy (fsutil's wire.proto). */
#ifndef OS2_CORE_BUILDKIT_FILESYNC_PACKET_H
#define OS2_CORE_BUILDKIT_FILESYNC_PACKET_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/protobuf.h"
#include "core/context/context.h"

typedef enum os2_filesync_type {
  OS2_FILESYNC_STAT,
  OS2_FILESYNC_REQ,
  OS2_FILESYNC_DATA,
  OS2_FILESYNC_FIN,
  OS2_FILESYNC_ERR
} os2_filesync_type;

/* What an engine sends: of STAT and DATA no more than the type. */
typedef struct os2_filesync_packet {
  uint64_t type; /* an os2_filesync_type, or one that is not known */
  uint64_t id;
  os2_text data;
} os2_filesync_packet;

/* Reads a message; -1: it is none. */
int os2_filesync_read_message(os2_filesync_packet *out, const char *message, size_t len);

/* Mode bits as Go's os.FileMode has them, which is what a Stat holds. */
uint32_t os2_filesync_mode(os2_tar_type type, uint32_t permissions);

/* The functions below write whole messages, gRPC's prefix before them; those that end in _size say
   how many bytes that takes. Owner and group are left at 0: an image's files are root's. */
size_t os2_filesync_stat_size(const os2_context_entry *entry);
char *os2_filesync_write_stat(char *out, const os2_context_entry *entry);

/* STAT without a stat: the list's end. FIN: the whole's. */
enum { OS2_FILESYNC_END_SIZE = 5 + 2 };
char *os2_filesync_write_end(char *out, os2_filesync_type type);

/* What stands before `len` bytes of a file's contents; none: the file's end. */
size_t os2_filesync_data_head_size(uint32_t id, size_t len);
char *os2_filesync_write_data_head(char *out, uint32_t id, size_t len);

#endif
