/* proc: child processes with their streams. */
#ifndef OS2_CORE_LOOP_PROC_H
#define OS2_CORE_LOOP_PROC_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/loop/op.h"

typedef enum os2_stdio {
  OS2_STDIO_NULL,
  OS2_STDIO_PIPE,
  OS2_STDIO_INHERIT,
  OS2_STDIO_FD /* the options' fd; stays the caller's to close */
} os2_stdio;

typedef struct os2_proc_options {
  char *const *argv; /* never a shell's line; argv[0] is looked up on the PATH; NULL at the end */
  char *const *env;  /* "NAME=value", NULL at the end; NULL: ours */
  const char *cwd;   /* NULL: ours */
  os2_stdio in, out, err;
  int fd;
  bool in_background; /* does not keep the event loop alive by itself */
  bool new_group;     /* leads a process group of its own; signals then go to the group */
} os2_proc_options;

/* Types of the events: bytes the child wrote. */
enum { OS2_PROC_STDOUT = 1, OS2_PROC_STDERR = 2 };

typedef struct os2_proc_status {
  int pid;
  int code;   /* exit code, once finished */
  int signal; /* the signal that ended it, or 0 */
} os2_proc_status;

/* Starts a child. The operation finishes when the child has ended and its pipes are read to the
   end. Cancelling kills it (SIGKILL, to the group when it has one). NULL with err when it cannot be
   started. */
os2_op *os2_proc_start(os2_loop *loop, const os2_proc_options *options, os2_err *err);

/* The pid at once, the rest once it has finished. */
os2_proc_status os2_proc_status_of(const os2_op *op);

/* Whether this is a child that was started here and whose end is not known yet. */
bool os2_proc_is_child(int pid);

/* Sends a signal; -1 with err (not_found when it has ended). */
int os2_proc_kill(os2_op *op, int signal, os2_err *err);

/* Queues bytes (copied) for the child's stdin; -1 with err when that is closed. */
int os2_proc_write(os2_op *op, const char *data, size_t len, os2_err *err);

/* True while more is queued than should be; the operation is touched when it is no more. */
bool os2_proc_is_write_full(const os2_op *op);

/* Closes the child's stdin once all that is queued was written. */
void os2_proc_close_stdin(os2_op *op);

#endif
