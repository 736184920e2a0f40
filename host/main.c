/* main: argv in, exit code out. Everything in between is Lua. */
#include <fcntl.h>
#include <lauxlib.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/base/core_limit.h"
#include "core/base/mem.h"
#include "core/base/must.h"
#include "core/loop/loop.h"
#include "core/loop/output.h"
#include "core/loop/reaper.h"
#include "core/loop/signals.h"
#include "host.h"

enum { LEAST_DESCRIPTORS = 32 };
enum { EXIT_FAILED = 1, EXIT_BUG = OS2_MEM_EXIT_CODE, EXIT_READER_GONE = 128 + SIGPIPE };

static void main_push_args(lua_State *L, int argc, char **argv) {
  lua_createtable(L, argc - 1, 0);
  for (int i = 1; i < argc; i++) {
    lua_pushstring(L, argv[i]);
    lua_rawseti(L, -2, i);
  }
}

#ifdef OS2_SANITIZE
enum { FREES_AT_EXIT = 1 }; /* a sanitizer would report all of Lua's memory as leaked */
#else
enum { FREES_AT_EXIT = 0 };
#endif

static jmp_buf main_closed; /* where lua_close is left */
static bool main_is_closing;

static int main_leave_close(lua_State *L) {
  (void)L;
  if (main_is_closing) longjmp(main_closed, 1);
  return 0;
}

/* Makes the first object that has a finalizer, which therefore runs last. */
static void main_mark_first(lua_State *L) {
  if (FREES_AT_EXIT) return;
  lua_newtable(L);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, main_leave_close);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &main_closed);
}

static int main_boot(lua_State *L) {
  int argc = (int)lua_tointeger(L, 1);
  char **argv = lua_touserdata(L, 2);
  main_mark_first(L);
  host_open(L);
  lua_getglobal(L, "require");
  lua_pushliteral(L, "os2.run.boot");
  lua_call(L, 1, 1);
  lua_getfield(L, -1, "main");
  main_push_args(L, argc, argv);
  lua_call(L, 1, 1);
  return 1;
}

static int main_add_traceback(lua_State *L) {
  luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
  return 1;
}

/* A result that could not be written is a failure. The exception is a reader that closed the pipe
   (`| head -1`) because it had read enough: then os2 exits without a message and with the code of
   SIGPIPE, which it ignores. */
static int main_flush_result(int code) {
  if (fflush(stdout) == 0 && !ferror(stdout)) return code;
  if (os2_output_is_reader_gone()) return code == 0 ? EXIT_READER_GONE : code;
  fputs("os2: the result could not be written to stdout\n", stderr);
  return code == 0 ? EXIT_FAILED : code;
}

/* Opens /dev/null for each standard stream that came closed, so that a file opened later does not
   get its number. A use of such a stream still fails, because it is opened for the other
   direction. */
static void main_fill_closed_streams(void) {
  for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
    if (fcntl(stream, F_GETFD) < 0) /* open takes the lowest free number */
      open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

/* With too few descriptors a later failure would be misread: as a module that does not exist, or an
   engine that does not answer. */
static bool main_has_descriptors(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= LEAST_DESCRIPTORS) return true;
  fprintf(stderr,
          "os2: it needs %d open files at least and may have %d; raise the limit (ulimit -n)\n",
          LEAST_DESCRIPTORS, (int)limit.rlim_cur);
  return false;
}

/* libuv aborts without a message when some of its allocations fail. These functions never fail:
   they report the lack of memory and end the process. */
static void *main_uv_malloc(size_t size) { return os2_mem_resize(NULL, size, 1); }
static void *main_uv_realloc(void *old, size_t size) { return os2_mem_resize(old, size, 1); }

static void main_give_uv_memory(void) {
  os2_must(uv_replace_allocator(main_uv_malloc, main_uv_realloc, os2_mem_zero, free),
           "uv_replace_allocator");
}

/* Lua's allocator. `arg` points to a bool that says whether blocks are freed. */
static void *main_allocate(void *arg, void *block, size_t old_size, size_t size) {
  const bool *is_freed = arg;
  (void)old_size;
  if (size > 0) return os2_mem_try(block, size);
  if (*is_freed) free(block);
  return NULL;
}

/* Runs the finalizers. The memory is left to the end of the process, because freeing it block by
   block, and even looking at each block, takes a tenth of the time of a short run. */
static void main_close(lua_State *L, bool *is_freed) {
  *is_freed = FREES_AT_EXIT;
  main_is_closing = true;
  if (setjmp(main_closed) == 0) lua_close(L);
}

static int main_run(lua_State *L, int argc, char **argv) {
  /* os2's own Lua creates no garbage while it is loaded; boot restarts the collector. */
  lua_gc(L, LUA_GCSTOP);
  lua_pushcfunction(L, main_add_traceback);
  lua_pushcfunction(L, main_boot);
  lua_pushinteger(L, argc);
  lua_pushlightuserdata(L, argv);
  if (lua_pcall(L, 2, 1, 1) == LUA_OK) return (int)lua_tointeger(L, -1);
  fprintf(stderr, "os2: %s\n", lua_tostring(L, -1));
  return EXIT_BUG;
}

/* Debian's libcurl brings GnuTLS, for protocols that os2 does not speak. When it is loaded, GnuTLS
   asks the program whether it shall initialize itself, which takes 4 % of the instructions of a run
   that sends a request, and 0.6 MB. Whoever calls gnutls_global_init still gets it. Written out
   from GNUTLS_SKIP_GLOBAL_INIT of gnutls/gnutls.h, which the build does not need. */
int _gnutls_global_init_skip(void); /* NOLINT(bugprone-reserved-identifier): GnuTLS names it so */
int _gnutls_global_init_skip(void) { return 1; } /* NOLINT(bugprone-reserved-identifier) */

int main(int argc, char **argv) {
  os2_core_limit_off();
  main_give_uv_memory();
  if (!main_has_descriptors()) return EXIT_FAILED;
  main_fill_closed_streams();
  if (getpid() == 1) os2_reaper_start(os2_loop_get()); /* there is no init that reaps the orphans */
  os2_output_open();
  lua_State *L = os2_mem_check(luaL_newstate());
  bool is_freed = true;
  lua_setallocf(L, main_allocate, &is_freed);
  int code = main_run(L, argc, argv);
  os2_signals_end();
  code = main_flush_result(code);
  main_close(L, &is_freed);
  os2_reaper_stop();
  if (os2_loop_is_open()) os2_loop_close(os2_loop_get());
  return code;
}
