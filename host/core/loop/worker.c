/* worker: runs work that may block on a thread of its own, outside of the loop thread. */
#include "core/loop/worker.h"

#include <signal.h>

#include "core/base/must.h"

static void worker_on_closed(uv_handle_t *bell) {
  os2_worker *worker = bell->data;
  worker->ended(worker->arg);
}

static void worker_on_bell(uv_async_t *bell) {
  os2_worker *worker = bell->data;
  /* read before `rung` is called: everything that the thread has signalled is visible then */
  bool is_over = atomic_load(&worker->is_over);
  if (worker->rung != NULL) worker->rung(worker->arg);
  if (!is_over) return;
  uv_thread_join(&worker->thread);
  uv_close((uv_handle_t *)bell, worker_on_closed);
}

static void worker_run(void *arg) {
  os2_worker *worker = arg;
  worker->work(worker->arg);
  atomic_store(&worker->is_over, true);
  uv_async_send(&worker->bell);
}

int os2_thread_start(uv_thread_t *thread, void (*run)(void *arg), void *arg) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int code = uv_thread_create(thread, run, arg);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return code;
}

void os2_worker_start(os2_worker *worker, os2_loop *loop) {
  atomic_init(&worker->is_over, false);
  os2_must(uv_async_init(&loop->uv, &worker->bell, worker_on_bell), "uv_async_init");
  worker->bell.data = worker;
  worker->failure = os2_thread_start(&worker->thread, worker_run, worker);
  if (worker->failure != 0) uv_close((uv_handle_t *)&worker->bell, worker_on_closed);
}

void os2_worker_ring(os2_worker *worker) { uv_async_send(&worker->bell); }
