#pragma once
// What Swift's Glibc module leaves out: epoll, eventfd, accept4.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <stdint.h>

extern int accept4(int, struct sockaddr *, socklen_t *, int);  // hidden without _GNU_SOURCE

enum {
    clinux_EPOLLIN = EPOLLIN, clinux_EPOLLOUT = EPOLLOUT, clinux_EPOLLERR = EPOLLERR,
    clinux_EPOLLHUP = EPOLLHUP, clinux_EPOLLRDHUP = EPOLLRDHUP,
};
