/* curl_loop: libcurl's multi interface on the event loop. One per process: connections are kept. */
#ifndef OS2_CORE_HTTP_CURL_LOOP_H
#define OS2_CORE_HTTP_CURL_LOOP_H

#include <curl/curl.h>
#include <stdbool.h>

#include "core/base/err.h"
#include "core/loop/loop.h"

/* Who is told of a transfer's end; stands in the caller's own struct. */
typedef struct os2_curl_owner {
  /* The handle is out of the multi by then, unless it is made with CURLOPT_CONNECT_ONLY. */
  void (*done)(struct os2_curl_owner *owner, CURLcode code);
  bool is_connect_only; /* the handle stays, and its connection with it */
  /* curl_loop's own: what failed without libcurl saying so, see os2_curl_pause */
  CURL *failed;
  CURLcode failure;
  struct os2_curl_owner *next_failed;
} os2_curl_owner;

/* Starts a transfer; takes its CURLOPT_PRIVATE for the owner. 0 or -1 with err. */
int os2_curl_add(os2_loop *loop, CURL *easy, os2_curl_owner *owner, os2_err *err);

/* Takes a transfer out, frees its handle and calls `gone` with arg; inside of a libcurl callback
   all that waits until the callback has returned (libcurl forbids it there). `done` is not called
   any more. */
void os2_curl_drop(CURL *easy, void (*gone)(void *arg), void *arg);

/* Sets a transfer's pauses (CURLPAUSE_*). What libcurl holds back is delivered within this call;
   when that fails, `done` is called in the loop's next turn. */
void os2_curl_pause(CURL *easy, int bits);

/* libcurl's version and that of its TLS library. */
const char *os2_curl_version(void);

/* Ends all kept connections. */
void os2_curl_close(void);

#endif
