/* tar: headers of a tar archive: ustar, with PAX records for values that ustar cannot hold. The
   functions keep no state and may be called on any thread. */
#ifndef OS2_CORE_CONTEXT_TAR_H
#define OS2_CORE_CONTEXT_TAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  OS2_TAR_BLOCK_BYTES = 512,
  OS2_TAR_END_BYTES = 2 * OS2_TAR_BLOCK_BYTES /* zero bytes at the end of an archive */
};

typedef enum os2_tar_type {
  OS2_TAR_FILE = '0',
  OS2_TAR_HARD_LINK = '1',
  OS2_TAR_SYMLINK = '2',
  OS2_TAR_DIRECTORY = '5'
} os2_tar_type;

/* One member. The owner and group are always 0 and have no name, because the files of an image
   belong to root, whoever builds it. Names are bytes and are written unchanged. */
typedef struct os2_tar_entry {
  os2_tar_type type;
  const char *path;       /* relative; that of a directory ends in a slash */
  const char *link;       /* target of a link, else NULL */
  uint32_t mode;          /* permission bits with setuid, setgid and sticky */
  uint64_t size;          /* bytes; 0 unless it is a file */
  int64_t mtime;          /* seconds since 1970 */
  const char *capability; /* the attribute security.capability; NULL: it has none */
  size_t capability_len;
} os2_tar_entry;

/* Returns true when one plain ustar header holds the whole entry. BuildKit takes an archive whose
   first member has any other header for a Dockerfile. */
bool os2_tar_is_plain(const os2_tar_entry *entry);

/* Returns how many bytes os2_tar_header writes: a multiple of OS2_TAR_BLOCK_BYTES. */
size_t os2_tar_header_size(const os2_tar_entry *entry);

/* Writes the header to `out`, preceded by the PAX records that the entry needs. Equal entries give
   equal bytes. */
void os2_tar_header(const os2_tar_entry *entry, char *out);

/* Returns how many zero bytes follow a content of `size` bytes. */
size_t os2_tar_padding(uint64_t size);

#endif
