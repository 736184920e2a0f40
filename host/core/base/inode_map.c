/* inode_map: maps the device and inode of a file to a path. */
#include "core/base/inode_map.h"

#include <stdint.h>
#include <stdlib.h>

#include "core/base/mem.h"

/* Returns the slot of the file, or the free slot where it would be added. */
static os2_inode *inode_map_place_of(const os2_inode_map *map, dev_t device, ino_t inode) {
  uint64_t hash = ((uint64_t)inode ^ (uint64_t)device << 32) * UINT64_C(0x9E3779B97F4A7C15);
  size_t at = (size_t)(hash >> 32) & (map->room - 1);
  while (map->places[at].path != NULL) {
    if (map->places[at].inode == inode && map->places[at].device == device) break;
    at = (at + 1) & (map->room - 1);
  }
  return &map->places[at];
}

const char *os2_inode_map_find(const os2_inode_map *map, dev_t device, ino_t inode) {
  return map->room == 0 ? NULL : inode_map_place_of(map, device, inode)->path;
}

static void inode_map_grow(os2_inode_map *map) {
  os2_inode_map larger = {.room = map->room == 0 ? 64 : map->room * 2, .count = map->count};
  larger.places = os2_mem_zero(larger.room, sizeof *larger.places);
  for (size_t i = 0; i < map->room; i++) {
    const os2_inode *old = &map->places[i];
    if (old->path != NULL) *inode_map_place_of(&larger, old->device, old->inode) = *old;
  }
  free(map->places);
  *map = larger;
}

void os2_inode_map_add(os2_inode_map *map, dev_t device, ino_t inode, const char *path) {
  if (map->count * 2 >= map->room) inode_map_grow(map);
  *inode_map_place_of(map, device, inode) = (os2_inode){device, inode, path};
  map->count++;
}

void os2_inode_map_free(os2_inode_map *map) {
  free(map->places);
  *map = (os2_inode_map){0};
}
