/* trace: decodes BuildKit's progress messages (protobuf moby.buildkit.v1.StatusResponse). The
   functions keep no state and may be called on any thread. */
#ifndef OS2_CORE_BUILDKIT_TRACE_H
#define OS2_CORE_BUILDKIT_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/protobuf.h"

/* A step of the build. The same digest is reported again when more fields are known. Times are UTC
   seconds; 0: not set. */
typedef struct {
  os2_text digest;
  os2_text name;
  os2_text error;
  bool cached;
  double started;
  double completed;
} os2_trace_vertex;

/* Progress inside a step: a layer that is pulled, an image that is exported. Sizes are bytes where
   the unit is bytes at all. */
typedef struct {
  os2_text id;
  os2_text vertex;
  os2_text name;
  int64_t current;
  int64_t total;
  double timestamp;
  double started;
  double completed;
} os2_trace_status;

/* A raw piece of a step's output; its borders are not those of lines. stream: 1 stdout,
   2 stderr. */
typedef struct {
  os2_text vertex;
  os2_text message;
  int64_t stream;
  double timestamp;
} os2_trace_log;

/* A warning of the front end; summary is the one line to display. */
typedef struct {
  os2_text vertex;
  os2_text summary;
  os2_text url;
  int64_t level;
} os2_trace_warning;

/* The receiver of the parts of a message. Every function must be set. */
typedef struct {
  void (*vertex)(void *data, const os2_trace_vertex *vertex);
  void (*status)(void *data, const os2_trace_status *status);
  void (*log)(void *data, const os2_trace_log *log);
  void (*warning)(void *data, const os2_trace_warning *warning);
} os2_trace_visitor;

/* Decodes one message and visits its parts in the order of its fields. Layout: BuildKit's
   api/services/control control.proto, which has not changed since v0.8; unknown fields are skipped.
   Allocates nothing; what the visitor gets is valid during its call only.
   Returns 0, or -1 when the bytes are no such message; the parts before the fault have been
   visited. */
int os2_trace_decode(const void *bytes, size_t len, const os2_trace_visitor *visitor, void *data);

/* Decodes the next field of a message and visits it if the decoder knows the field. Returns 1, 0 at
   the end of the message, and -1 when the bytes are no such message. */
int os2_trace_next(os2_pb_cursor *at, const os2_trace_visitor *visitor, void *data);

#endif
