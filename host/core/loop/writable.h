/* writable: waits until a descriptor takes bytes. All functions must be called on the loop thread.
 */
#ifndef OS2_CORE_LOOP_WRITABLE_H
#define OS2_CORE_LOOP_WRITABLE_H

#include "core/loop/op.h"

/* Succeeds as soon as a pipe, socket or terminal takes bytes, or its reader has gone: the next
   write says which. The descriptor's flags stay as they are. Returns NULL with err when it cannot
   be watched, such as a file, which takes bytes at any time. */
os2_op *os2_writable_start(os2_loop *loop, int fd, os2_err *err);

#endif
