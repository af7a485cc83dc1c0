#pragma once
// What Swift's Glibc module leaves out: epoll, eventfd, accept4, TCP options, the heap.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <malloc.h>
#include <stdint.h>

extern int accept4(int, struct sockaddr *, socklen_t *, int);  // hidden without _GNU_SOURCE

/// Bytes that the process has of the heap.
static inline size_t heap_in_use(void) {
    struct mallinfo2 figures = mallinfo2();
    return figures.uordblks + figures.hblkhd;
}
