/* trace: decodes BuildKit's progress messages (protobuf moby.buildkit.v1.StatusResponse). */
#ifndef OS2_CORE_BUILDKIT_TRACE_H
#define OS2_CORE_BUILDKIT_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/protobuf.h"

/* A step of the build; the same digest comes again with more fields. Times: UTC seconds, 0 = no. */
typedef struct {
  os2_text digest;
  os2_text name;
  os2_text error;
  bool cached;
  double started;
  double completed;
} os2_trace_vertex;

/* Progress inside a step: a layer pulled, an image exported. Sizes in bytes where there are any. */
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

/* A raw piece of a step's output, not a line. stream: 1 stdout, 2 stderr. */
typedef struct {
  os2_text vertex;
  os2_text message;
  int64_t stream;
  double timestamp;
} os2_trace_log;

/* A warning of the front end; summary is the one line to show. */
typedef struct {
  os2_text vertex;
  os2_text summary;
  os2_text url;
  int64_t level;
} os2_trace_warning;

/* Who is told what a message holds; every function must be set. */
typedef struct {
  void (*vertex)(void *data, const os2_trace_vertex *vertex);
  void (*status)(void *data, const os2_trace_status *status);
  void (*log)(void *data, const os2_trace_log *log);
  void (*warning)(void *data, const os2_trace_warning *warning);
} os2_trace_visitor;

/*
 * Decodes one message, in the order of its fields. Layout: BuildKit's api/services/control
 * control.proto, the same from v0.8 on; fields this decoder does not know are skipped.
 * Allocates nothing; what the visitor gets is valid during its call only.
 * @return 0, or -1 when the bytes are no such message (what came before was
   visited). */
int os2_trace_decode(const void *bytes, size_t len, const os2_trace_visitor *visitor, void *data);

/*
 * Decodes the next field of a message and visits it, if it is one that this decoder knows.
 * @return 1, 0 at the end, -1 when the bytes are no such
   message. */
int os2_trace_next(os2_pb_cursor *at, const os2_trace_visitor *visitor, void *data);

#endif
