#pragma once
// What Swift's Glibc module leaves out: epoll, eventfd, accept4, TCP options.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>

extern int accept4(int, struct sockaddr *, socklen_t *, int);  // hidden without _GNU_SOURCE
