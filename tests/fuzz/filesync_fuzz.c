/* filesync_fuzz: file transfers against whatever an engine sends: metadata, messages and the pace
   at which it reads. An input is a list of acts: a byte that says which, one for the stream, one
   for a length, and as many bytes. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/buildkit/filesync_calls.h"
#include "fuzz.h"

enum { STREAMS = 3, MOST_VALUES = 8, ROUNDS = 200 };

static os2_shared_context *context;
static char root[] = "/tmp/os2-filesync-fuzz-XXXXXX/c";

static void write_file(const char *path, size_t len) {
  FILE *file = fopen(path, "w");
  must(file != NULL);
  for (size_t i = 0; i < len; i++) fputc((int)(i & 0xff), file);
  must(fclose(file) == 0);
}

/* A small tree with something of each kind, in a directory that stays as long as the process. */
static void make_tree(void) {
  root[sizeof root - 3] = '\0';
  must(mkdtemp(root) != NULL && chdir(root) == 0);
  root[sizeof root - 3] = '/';
  must(mkdir("c", 0755) == 0 && mkdir("c/d", 0755) == 0 && mkdir("c/d/e", 0755) == 0);
  write_file("c/Dockerfile", 12);
  write_file("c/.dockerignore", 0);
  write_file("c/d/a", 10);
  write_file("c/d/e/big", 400000);
  must(link("c/d/a", "c/z") == 0 && symlink("d/e", "c/l") == 0 && symlink("m", "c/m") == 0);
}

static void remove_tree(void) {
  static const char *const paths[] = {"c/z",   "c/l",      "c/m", "c/Dockerfile", "c/.dockerignore",
                                      "c/d/a", "c/d/e/big"};
  if (chdir(root) != 0 || chdir("..") != 0) return;
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) unlink(paths[i]);
  must(rmdir("c/d/e") == 0 && rmdir("c/d") == 0 && rmdir("c") == 0);
  root[sizeof root - 3] = '\0';
  must(rmdir(root) == 0);
}

static void open_context(void) {
  int here = open(".", O_RDONLY | O_DIRECTORY);
  make_tree();
  must(fchdir(here) == 0 && close(here) == 0);
  os2_op *op = os2_context_start(os2_loop_get(), &(os2_context_request){.root = root});
  while (!op->finished) uv_run(&os2_loop_get()->uv, UV_RUN_ONCE);
  must(os2_op_error(op)->kind == OS2_OK);
  context = os2_context_result(op);
  os2_op_close(op);
  atexit(remove_tree);
}

static void on_wake(void *arg, int32_t id) {
  (void)arg;
  (void)id;
}

/* Metadata from NUL-terminated pieces: names by their number, values as they are. */
static void open_stream(os2_filesync_calls *calls, int32_t id, const char *text, size_t len) {
  static const char *const names[] = {"exclude-patterns",    "include-patterns", "followpaths",
                                      "followpaths-encoded", "dir-name",         "other"};
  os2_grpc_metadata list[MOST_VALUES + 1] = {{"dir-name", id == 0 ? "dockerfile" : "context"}};
  size_t count = 1;
  for (size_t at = 0; at < len && count <= MOST_VALUES; at += strlen(text + at) + 1)
    list[count++] = (os2_grpc_metadata){names[(unsigned char)text[at] % 6], text + at + 1};
  if (os2_filesync_calls_find(calls, id) == NULL) os2_filesync_calls_open(calls, id, list, count);
}

/* Reads as much as there is, or less. */
static void read_stream(os2_filesync *sync, size_t most) {
  char buffer[3000];
  for (int round = 0; round < ROUNDS && most > 0; round++) {
    size_t room = most < sizeof buffer ? most : sizeof buffer;
    ptrdiff_t n = os2_filesync_read(sync, buffer, room);
    must(n <= (ptrdiff_t)room);
    if (n <= 0) break;
    most -= (size_t)n;
  }
}

static void act(os2_filesync_calls *calls, uint8_t what, int32_t id, char *bytes, size_t len) {
  os2_err err;
  os2_filesync *sync = os2_filesync_calls_find(calls, id);
  if (what % 8 == 0) {
    open_stream(calls, id, bytes, len);
  } else if (what % 8 == 1) {
    os2_filesync_calls_close(calls, id);
  } else if (what % 8 == 2) {
    uv_run(&os2_loop_get()->uv, UV_RUN_NOWAIT);
  } else if (what % 8 == 3 && len > 0) {
    usleep((unsigned)(unsigned char)bytes[0]);
  } else if (sync != NULL && what % 8 <= 5) {
    os2_filesync_receive(sync, len > 0 ? bytes : NULL, len, &err);
  } else if (sync != NULL) {
    read_stream(sync, len * 1000);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len) {
  if (context == NULL) open_context();
  os2_filesync_calls *calls = os2_filesync_calls_new(os2_loop_get(), context, NULL, on_wake, NULL);
  for (size_t at = 0; at + 3 <= len;) {
    size_t left = len - at - 3, n = bytes[at + 2] < left ? bytes[at + 2] : left;
    char *piece = malloc(n + 1);
    memcpy(piece, bytes + at + 3, n);
    piece[n] = '\0';
    act(calls, bytes[at], bytes[at + 1] % STREAMS, piece, n);
    free(piece);
    at += 3 + n;
  }
  os2_filesync_calls_free(calls);
  uv_run(&os2_loop_get()->uv, UV_RUN_DEFAULT);
  return 0;
}
