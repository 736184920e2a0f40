/* core_limit: os2 writes no core dump, because its memory holds keys. Child processes get the core
   limit that os2 itself was started with. */
#include "core/base/core_limit.h"

#include <stdbool.h>
#include <sys/resource.h>

/* The limit in bytes. A limit of 1 byte is too small for a core file, and Linux takes 1 as the mark
   for "do not pipe the dump into a program either" (core_pattern "|…"); 0 would not prevent that
   pipe. Making the process not dumpable (PR_SET_DUMPABLE) is no alternative: the user who runs os2
   would lose access to /proc/PID. */
enum { NO_CORE_BYTES = 1 };

static struct rlimit given;
static bool is_off;

static void core_limit_set_soft(rlim_t soft) {
  struct rlimit limit = {.rlim_cur = soft, .rlim_max = given.rlim_max};
  setrlimit(RLIMIT_CORE, &limit);
}

void os2_core_limit_off(void) {
  /* A hard limit below NO_CORE_BYTES cannot be raised, so it stays as it is. */
  if (is_off || getrlimit(RLIMIT_CORE, &given) != 0 || given.rlim_max < NO_CORE_BYTES) return;
  is_off = true;
  core_limit_set_soft(NO_CORE_BYTES);
}

void os2_core_limit_give_back(void) {
  if (is_off) core_limit_set_soft(given.rlim_cur);
}

void os2_core_limit_take_back(void) {
  if (is_off) core_limit_set_soft(NO_CORE_BYTES);
}
