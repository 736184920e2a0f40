/* must: checks calls that os2 cannot continue without. */
#include "core/base/must.h"

#include <stdio.h>
#include <unistd.h>
#include <uv.h>

#include "core/base/mem.h"

void os2_must(int code, const char *call) {
  char reason[128];
  if (code >= 0) return;
  if (code == UV_ENOMEM) os2_mem_fail();
  fprintf(stderr, "os2: %s: %s\n", call, uv_strerror_r(code, reason, sizeof reason));
  _exit(OS2_MEM_EXIT_CODE);
}
