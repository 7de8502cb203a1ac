/*
 * Multicasts to a Corosync process group, and measures.
 *
 * cpg-client window MEMBERS BYTES WARM_UP_MS MEASURE_MS   as many messages in flight as Corosync takes; prints how many of
 *                                                         its own came back in a second
 * cpg-client single MEMBERS BYTES WARM_UP_MS MEASURE_MS   one in flight; prints how long each took, in nanoseconds
 *
 * Begins when the group has MEMBERS processes, so that all of them begin together. Ends with its standard input, so that its
 * processor time can be read after it has measured.
 */
#include <corosync/cpg.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Messages between two looks at what has come back. */
#define MULTICASTS_PER_DISPATCH 50

static unsigned self;
static size_t member_count;
static unsigned long own_delivered;

static double now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e9 + time.tv_nsec;
}

static void deliver(cpg_handle_t handle, const struct cpg_name *group, uint32_t node, uint32_t pid, void *message, size_t length) {
  if (node == self) own_delivered++;
}

static void change(cpg_handle_t handle, const struct cpg_name *group, const struct cpg_address *members, size_t members_count,
                   const struct cpg_address *left, size_t left_count, const struct cpg_address *joined, size_t joined_count) {
  if (members_count > member_count) member_count = members_count;
}

static void wait_and_dispatch(cpg_handle_t handle, int fd, int timeout_ms) {
  struct pollfd readable = {fd, POLLIN, 0};
  poll(&readable, 1, timeout_ms);
  if (cpg_dispatch(handle, CS_DISPATCH_ALL) != CS_OK) exit(1);
}

static void fill_window(cpg_handle_t handle, const struct iovec *message, double count_from, double count_until) {
  unsigned long before = 0;
  int counting = 0;
  for (double now = now_ns(); now < count_until; now = now_ns()) {
    if (!counting && now >= count_from) {
      counting = 1;
      before = own_delivered;
    }
    for (int sent = 0; sent < MULTICASTS_PER_DISPATCH; sent++)
      if (cpg_mcast_joined(handle, CPG_TYPE_AGREED, message, 1) != CS_OK) break;
    if (cpg_dispatch(handle, CS_DISPATCH_ALL) != CS_OK) exit(1);
  }
  printf("%.0f\n", (own_delivered - before) / ((count_until - count_from) / 1e9));
}

static void send_singly(cpg_handle_t handle, int fd, const struct iovec *message, double count_from, double count_until) {
  for (double sent_at = now_ns(); sent_at < count_until; sent_at = now_ns()) {
    unsigned long before = own_delivered;
    while (cpg_mcast_joined(handle, CPG_TYPE_AGREED, message, 1) == CS_ERR_TRY_AGAIN) wait_and_dispatch(handle, fd, 0);
    while (own_delivered == before) wait_and_dispatch(handle, fd, 100);
    if (sent_at >= count_from) printf("%.0f\n", now_ns() - sent_at);
  }
}

int main(int argument_count, char **arguments) {
  if (argument_count != 6) return 2;
  size_t members_wanted = atoi(arguments[2]), bytes = atoi(arguments[3]);
  double warm_up_ns = atof(arguments[4]) * 1e6, measure_ns = atof(arguments[5]) * 1e6;
  cpg_callbacks_t callbacks = {deliver, change};
  struct cpg_name group = {5, "bench"};
  struct iovec message = {calloc(1, bytes), bytes};
  cpg_handle_t handle;
  int fd;
  if (cpg_initialize(&handle, &callbacks) != CS_OK || cpg_join(handle, &group) != CS_OK) return 1;
  cpg_local_get(handle, &self);
  cpg_fd_get(handle, &fd);
  while (member_count < members_wanted) wait_and_dispatch(handle, fd, 10);
  double count_from = now_ns() + warm_up_ns, count_until = count_from + measure_ns;
  if (strcmp(arguments[1], "window") == 0) fill_window(handle, &message, count_from, count_until);
  else send_singly(handle, fd, &message, count_from, count_until);
  char ignored;
  while (read(STDIN_FILENO, &ignored, 1) > 0) continue;
  return 0;
}
