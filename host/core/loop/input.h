/* input: the bytes that come on a descriptor, such as stdin. All functions must be called on the
   loop thread. */
#ifndef OS2_CORE_LOOP_INPUT_H
#define OS2_CORE_LOOP_INPUT_H

#include "core/loop/op.h"

/* Starts to read. Each event is a piece; the operation succeeds at the end of the input. Nothing is
   read while the queue is full (back-pressure), so what nobody takes stays where it is. The
   descriptor is not closed and its flags stay as they are: it may be shared with other processes.
   Reading a file waits for the disk. Returns NULL with err when the descriptor cannot be read. */
os2_op *os2_input_start(os2_loop *loop, int fd, os2_err *err);

#endif
