/* core_limit: no core dump of ours, whose memory holds keys; children get the limit we were
   given. */
#include "core/base/core_limit.h"

#include <stdbool.h>
#include <sys/resource.h>

/* A core of one byte is too short for a file, and to Linux the mark by which a dump into a program
   (core_pattern "|…") does not take place either; 0 would not stop that. Not dumpable at all
   (PR_SET_DUMPABLE) would take /proc/PID away from the user whose process it is. */
enum { NONE = 1 };

static struct rlimit given;
static bool is_off;

static void core_limit_set_soft(rlim_t soft) {
  struct rlimit limit = {.rlim_cur = soft, .rlim_max = given.rlim_max};
  setrlimit(RLIMIT_CORE, &limit);
}

void os2_core_limit_off(void) {
  /* Below NONE there is nothing that may be raised: a hard limit of 0 stays. */
  if (is_off || getrlimit(RLIMIT_CORE, &given) != 0 || given.rlim_max < NONE) return;
  is_off = true;
  core_limit_set_soft(NONE);
}

void os2_core_limit_give_back(void) {
  if (is_off) core_limit_set_soft(given.rlim_cur);
}

void os2_core_limit_take_back(void) {
  if (is_off) core_limit_set_soft(NONE);
}
