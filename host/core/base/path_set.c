/* path_set: a set of relative paths that can also tell whether a directory contains one of them. */
#include "core/base/path_set.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

struct os2_path_set {
  char **paths; /* sorted */
  size_t count;
};

static int path_set_compare(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

os2_path_set *os2_path_set_new(const char *const *paths) {
  os2_path_set *set = os2_mem_zero(1, sizeof *set);
  size_t count = 0;
  while (paths[count] != NULL) count++;
  set->paths = os2_mem_zero(count, sizeof *set->paths);
  for (; set->count < count; set->count++) set->paths[set->count] = os2_mem_copy(paths[set->count]);
  qsort(set->paths, count, sizeof *set->paths, path_set_compare);
  return set;
}

void os2_path_set_free(os2_path_set *set) {
  if (set == NULL) return;
  for (size_t i = 0; i < set->count; i++) free(set->paths[i]);
  free(set->paths);
  free(set);
}

bool os2_path_set_has(const os2_path_set *set, const char *path) {
  return bsearch(&path, set->paths, set->count, sizeof *set->paths, path_set_compare) != NULL;
}

/* Returns the first path that does not sort before `text`, or NULL. */
static const char *path_set_first_from(const os2_path_set *set, const char *text) {
  size_t low = 0;
  size_t high = set->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (strcmp(set->paths[middle], text) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low < set->count ? set->paths[low] : NULL;
}

bool os2_path_set_has_below(const os2_path_set *set, const char *directory) {
  char *prefix = os2_mem_join(directory, "/", "");
  const char *found = path_set_first_from(set, prefix);
  bool answer = found != NULL && strncmp(found, prefix, strlen(prefix)) == 0;
  free(prefix);
  return answer;
}
