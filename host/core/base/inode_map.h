/* inode_map: finds a file again by its device and inode. */
#ifndef OS2_CORE_BASE_INODE_MAP_H
#define OS2_CORE_BASE_INODE_MAP_H

#include <stddef.h>
#include <sys/types.h>

typedef struct os2_inode {
  dev_t device;
  ino_t inode;
  const char *path; /* NULL: the place is free */
} os2_inode;

/* Empty when zeroed. */
typedef struct os2_inode_map {
  os2_inode *places;
  size_t room; /* a power of two */
  size_t count;
} os2_inode_map;

/* The path that was added for the file, or NULL. */
const char *os2_inode_map_find(const os2_inode_map *map, dev_t device, ino_t inode);

/* Adds a file that is not in the map. path is kept, not copied. */
void os2_inode_map_add(os2_inode_map *map, dev_t device, ino_t inode, const char *path);

/* Empties it. */
void os2_inode_map_free(os2_inode_map *map);

#endif
