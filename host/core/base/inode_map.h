/* inode_map: maps the device and inode of a file to a path. A map may be used on any thread, by one
   thread at a time. */
#ifndef OS2_CORE_BASE_INODE_MAP_H
#define OS2_CORE_BASE_INODE_MAP_H

#include <stddef.h>
#include <sys/types.h>

typedef struct os2_inode {
  dev_t device;
  ino_t inode;
  const char *path; /* NULL: the slot is free */
} os2_inode;

/* A zeroed struct is an empty map. */
typedef struct os2_inode_map {
  os2_inode *places;
  size_t room; /* slots in the table; a power of two */
  size_t count;
} os2_inode_map;

/* Returns the path that was added for the file, or NULL. */
const char *os2_inode_map_find(const os2_inode_map *map, dev_t device, ino_t inode);

/* Adds a file that is not in the map yet. The map stores the pointer `path` and does not copy the
   text, so the text must outlive the map. */
void os2_inode_map_add(os2_inode_map *map, dev_t device, ino_t inode, const char *path);

/* Frees the table. The struct is an empty map afterwards. */
void os2_inode_map_free(os2_inode_map *map);

#endif
