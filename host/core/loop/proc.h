/* proc: child processes and their standard streams. All functions must be called on the loop
   thread. */
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
  OS2_STDIO_FD /* use `fd` of the options, which the caller still has to close */
} os2_stdio;

typedef struct os2_proc_options {
  /* program and arguments, NULL at the end; argv[0] is searched for in the PATH. No shell is
     involved */
  const char *const *argv;
  const char *const *env; /* "NAME=value", NULL at the end; NULL: the environment of os2 */
  const char *cwd;        /* NULL: the working directory of os2 */
  os2_stdio in, out, err;
  int fd;
  bool in_background; /* the child does not keep the event loop alive */
  bool new_group;     /* the child leads a process group of its own, and signals go to that group */
} os2_proc_options;

/* Types of the events. The data is bytes that the child has written. */
enum { OS2_PROC_STDOUT = 1, OS2_PROC_STDERR = 2 };

typedef struct os2_proc_status {
  int pid;
  int code;   /* exit code; valid once the operation has finished */
  int signal; /* the signal that ended the child; 0 when it exited */
} os2_proc_status;

/* Starts a child. The operation finishes when the child has ended and its pipes have been read to
   their end. Cancelling kills it with SIGKILL, or its group when it leads one. Returns NULL with
   err when the child cannot be started. The options are needed during the call only. */
os2_op *os2_proc_start(os2_loop *loop, const os2_proc_options *options, os2_err *err);

/* Returns the pid at once; code and signal are valid once the operation has finished. */
os2_proc_status os2_proc_status_of(const os2_op *op);

/* Returns true when os2_proc_start has started this child and its end is not known yet. */
bool os2_proc_is_child(int pid);

/* Sends a signal to the child. Returns 0, or -1 with err (OS2_NOT_FOUND when the child has
   ended). */
int os2_proc_kill(os2_op *op, int signal, os2_err *err);

/* Queues bytes, which are copied, for the child's stdin. Returns 0, or -1 with err when stdin is
   closed. */
int os2_proc_write(os2_op *op, const char *data, size_t len, os2_err *err);

/* Returns true while the stdin queue is above its limit (back-pressure). The operation has news
   when the queue has drained. */
bool os2_proc_is_write_full(const os2_op *op);

/* Closes the child's stdin once all queued bytes are written. */
void os2_proc_close_stdin(os2_op *op);

#endif
