/* replay: runs a target once over each file of a directory, where there is no libFuzzer. */
#include <dirent.h>
#include <stdio.h>

#include "fuzz.h"

/* The whole file in a block of its very size, so that a sanitizer sees what reads past it. */
static uint8_t *read_file(const char *path, size_t *len) {
  FILE *file = fopen(path, "rb");
  if (file == NULL || fseek(file, 0, SEEK_END) != 0) return NULL;
  long size = ftell(file);
  rewind(file);
  uint8_t *bytes = size < 0 ? NULL : malloc(size > 0 ? (size_t)size : 1);
  *len = bytes == NULL ? 0 : fread(bytes, 1, (size_t)size, file);
  fclose(file);
  return bytes;
}

static int run_file(const char *directory, const char *name) {
  char path[4096];
  size_t len = 0;
  snprintf(path, sizeof path, "%s/%s", directory, name);
  uint8_t *bytes = read_file(path, &len);
  if (bytes == NULL) {
    perror(path);
    return -1;
  }
  printf("%s\n", path);
  fflush(stdout);
  LLVMFuzzerTestOneInput(bytes, len);
  free(bytes);
  return 0;
}

static int run_directory(const char *path) {
  int count = 0, failed = 0;
  DIR *directory = opendir(path);
  if (directory == NULL) return -1;
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    if (entry->d_name[0] == '.') continue;
    count++;
    if (run_file(path, entry->d_name) != 0) failed++;
  }
  closedir(directory);
  return count > 0 && failed == 0 ? 0 : -1;
}

int main(int argc, char **argv) {
  if (argc == 2 && run_directory(argv[1]) == 0) return 0;
  fprintf(stderr, "usage: %s DIRECTORY, which holds at least one file\n", argv[0]);
  return 1;
}
