/* curl_loop: libcurl's multi interface on the event loop. One per process: connections are kept. */
#ifndef OS2_CORE_CURL_LOOP_H
#define OS2_CORE_CURL_LOOP_H

#include <curl/curl.h>
#include <stdbool.h>

#include "core/err.h"
#include "core/loop.h"

/* Called when a transfer that was added has ended; the handle is out of the multi by then. */
typedef void (*os2_curl_done)(CURL *easy, CURLcode code);

/* Starts a transfer; its CURLOPT_PRIVATE is free for the caller. 0 or -1 with err. */
int os2_curl_add(os2_loop *loop, CURL *easy, os2_curl_done done, os2_err *err);

/* Takes a transfer out, frees its handle and calls `gone` with arg; inside of a libcurl callback
   all that waits until the callback has returned (libcurl forbids it there). `done` is not called
   any more. */
void os2_curl_drop(CURL *easy, void (*gone)(void *arg), void *arg);

/* Sets a transfer's pauses (CURLPAUSE_*). */
void os2_curl_pause(CURL *easy, int bits);

/* Ends all kept connections. */
void os2_curl_close(void);

#endif
