/* tar: headers of a tar archive, ustar with PAX records where ustar is too small. */
#ifndef OS2_CORE_CONTEXT_TAR_H
#define OS2_CORE_CONTEXT_TAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  OS2_TAR_BLOCK = 512,
  OS2_TAR_END = 2 * OS2_TAR_BLOCK /* zero bytes that end an archive */
};

typedef enum os2_tar_type {
  OS2_TAR_FILE = '0',
  OS2_TAR_HARD_LINK = '1',
  OS2_TAR_SYMLINK = '2',
  OS2_TAR_DIRECTORY = '5'
} os2_tar_type;

/* One member. Owner and group are always 0 and nameless: an image's files belong to root, whoever
   builds it. Names are bytes, written as they are. */
typedef struct os2_tar_entry {
  os2_tar_type type;
  const char *path; /* relative; that of a directory ends in a slash */
  const char *link; /* target of a link, else NULL */
  uint32_t mode;    /* permission bits with setuid, setgid and sticky */
  uint64_t size;    /* bytes; 0 unless it is a file */
  int64_t mtime;    /* seconds since 1970 */
} os2_tar_entry;

/* Whether one plain ustar header says it all. BuildKit takes an archive whose first member is
   anything else for a Dockerfile. */
bool os2_tar_is_plain(const os2_tar_entry *entry);

/* How many bytes os2_tar_header writes: a multiple of OS2_TAR_BLOCK. */
size_t os2_tar_header_size(const os2_tar_entry *entry);

/* Writes the header, and before it the PAX records it needs. The same entry always gives the same
   bytes. */
void os2_tar_header(const os2_tar_entry *entry, char *out);

/* Zero bytes that follow contents of this size. */
size_t os2_tar_padding(uint64_t size);

#endif
